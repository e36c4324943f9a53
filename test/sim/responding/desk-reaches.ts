/** What a run of enough seeds must have seen of a desk that responds. */
export const DESK_REACHES: readonly string[] = [
  ...["crash", "stop", "cut off", "registered anew"].map((how) => `desk agent ${how}`),
  ...["line lost", "line twice", "order lost", "manager restarted", "commit failed"].map((what) => `desk ${what}`),
  ...["approval", "lift", "done by hand"].flatMap((what) => [`desk ${what} taken`, `desk ${what} refused`]),
  ...["stop taken", "resume taken", "approval given"].map((what) => `desk ${what}`),
  ...["companion", "wazuh"].map((by) => `desk touched by ${by}`),
  ...["lifted", "failed", "dead"].map((state) => `desk response ${state}`),
  ...["limit", "no_evidence", "stopped", "in_force", "drifted"].map((why) => `desk response refused ${why}`),
  ...["attacker locked", "attacker left alone", "victim left alone"].map((what) => `account_taken: ${what}`),
];
