import type { Snapshot } from "../../src/core/snapshot.ts";
import type { FakeSlackWebhooks } from "../fakes/slack-webhook.ts";
import { hold } from "./checks.ts";
import { isDead, type IncidentRow, type Rows } from "./rows.ts";

export function isDigest(policy: string): boolean {
  return policy.startsWith("riposte:digest:");
}

interface MomentRow {
  readonly incident: number;
  readonly n: number;
  readonly kind: string;
  readonly at: number;
  readonly severity: string;
}

/** What has become of one incident for those who wait for somebody to take it up, told once more in the plainest way. */
class Wait {
  isOpen = false;
  openedAt = 0;
  isEscalated = false;
  lastAt = 0;
  repeats = 0;
  readonly #policy: Snapshot["policies"][string] | undefined;

  constructor(policy: Snapshot["policies"][string] | undefined) {
    this.#policy = policy;
  }

  /** Null: that is as it should be. */
  follow({ kind, at, severity }: MomentRow): string | null {
    switch (kind) {
      case "opened":
      case "reopened":
        Object.assign(this, { isOpen: true, openedAt: at, isEscalated: false, lastAt: at, repeats: 0 });
        return null;
      case "escalated":
        if (this.isOpen) Object.assign(this, { lastAt: at, repeats: 0 });
        return null;
      case "acknowledged":
      case "resolved":
        this.isOpen = false;
        return null;
      case "repeated": {
        const waitMs = this.waitMs(severity);
        if (!this.isOpen) return "was repeated, and nobody was waited for";
        if (waitMs === null) return `was repeated, and is ${severity}`;
        if (at < this.lastAt + waitMs) return `was repeated after ${at - this.lastAt} ms of ${waitMs}`;
        Object.assign(this, { lastAt: at, repeats: this.repeats + 1 });
        return null;
      }
      case "unanswered": {
        const afterMs = this.#policy?.escalate?.afterMs ?? Infinity;
        if (!this.isOpen || this.isEscalated) return "went to others, and nobody was waited for";
        if (at < this.openedAt + afterMs) return `went to others after ${at - this.openedAt} ms of ${afterMs}`;
        this.isEscalated = true;
        return null;
      }
      default:
        return null;
    }
  }

  /** Of its next repeat; null: there is none. */
  waitMs(severity: string): number | null {
    const repeat = this.#policy?.repeat?.[severity as "low"];
    return repeat === undefined ? null : Math.min(repeat.mostMs, repeat.everyMs * 2 ** this.repeats);
  }

  /** When somebody must have been told of it once more; null: nobody is to be. */
  dueAt(severity: string): number | null {
    if (!this.isOpen) return null;
    const repeatMs = this.waitMs(severity);
    const afterMs = this.isEscalated ? null : (this.#policy?.escalate?.afterMs ?? null);
    const times = [
      repeatMs === null ? [] : this.lastAt + repeatMs,
      afterMs === null ? [] : this.openedAt + afterMs,
    ].flat();
    return times.length === 0 ? null : Math.min(...times);
  }
}

function waitOf(rows: Rows, { id, policy }: IncidentRow, snapshot: Snapshot): Wait {
  const wait = new Wait(snapshot.policies[policy]);
  for (const moment of rows.all<MomentRow>("SELECT * FROM moment WHERE incident = ? ORDER BY n", id)) {
    const wrong = wait.follow(moment);
    hold(11, wrong === null, () => `#${id} ${wrong}`);
  }
  return wait;
}

/** 11, at quiet: nobody was reminded too early, too often, or of what somebody had taken up; others heard of it. */
export function checkReminders(rows: Rows, snapshot: Snapshot, hushed: ReadonlySet<string>): void {
  for (const incident of rows.all<IncidentRow>("SELECT * FROM incident ORDER BY id")) {
    const { isEscalated } = waitOf(rows, incident, snapshot);
    if (!isEscalated) continue;
    for (const destination of snapshot.policies[incident.policy]?.escalate?.to ?? []) {
      // What there was a reason not to tell them is forgotten when it is over.
      if (hushed.has(`${incident.id} ${destination}`)) continue;
      const known = rows.count(
        `SELECT (SELECT count(*) FROM receipt WHERE incident = ?1 AND destination = ?2)
              + (SELECT count(*) FROM work WHERE incident = ?1 AND destination = ?2) AS n`,
        incident.id,
        destination,
      );
      hold(11, known > 0, () => `${destination} was to hear of #${incident.id}, which nobody took up, and never did`);
    }
  }
}

/** 11, with the engine undisturbed since `since`: whoever was to be reminded by then was. */
export function checkRemindersFire(rows: Rows, snapshot: Snapshot, since: number): void {
  const open = rows.all<IncidentRow>("SELECT * FROM incident WHERE state = 'open' AND collapsed_into = 0");
  for (const incident of open) {
    // When one leaves a mass event, no moment says.
    if (snapshot.policies[incident.policy]?.collapse !== undefined) continue;
    const dueAt = waitOf(rows, incident, snapshot).dueAt(incident.severity);
    hold(
      11,
      dueAt === null || dueAt >= since,
      () => `of #${incident.id} people should have been told ${since - dueAt!} ms ago`,
    );
  }
}

interface DigestRow extends IncidentRow {
  readonly steps: number | null;
  readonly members: number;
}

/** 11, at quiet: what is told in a digest is told in one that was sent, once, and says so; and no critical is in one. */
export function checkDigests(rows: Rows, slack: FakeSlackWebhooks): void {
  const [astray] = rows.all<{ incident: number; digest: number }>(
    `SELECT told_in.* FROM told_in LEFT JOIN incident ON incident.id = digest
     WHERE policy IS NULL OR policy <> 'riposte:digest:' || destination`,
  );
  hold(11, astray === undefined, () => `#${astray?.incident} is told in #${astray?.digest}, which is no digest`);
  const digests = rows.all<DigestRow>(
    `SELECT incident.*, receipt.steps, (SELECT count(*) FROM told_in WHERE digest = id) AS members
     FROM incident LEFT JOIN receipt ON receipt.incident = id AND destination = 'slack'
     WHERE policy = 'riposte:digest:slack' ORDER BY id`,
  );
  for (const { id, state, steps, members, count } of digests) {
    hold(11, members <= count, () => `#${id} has ${members} incidents, and counts ${count}`);
    if (isDead(rows, id, "slack")) continue;
    // All that was in it is over, or told by itself by now.
    if (steps === null && members === 0 && state === "resolved") continue;
    hold(11, steps !== null && steps >= 1, () => `the digest #${id} was never sent`);
    hold(11, state === "resolved", () => `the digest #${id} was sent, and is ${state}`);
    const posts = slack.posted.filter(({ text }) => new RegExp(`Incident #${id}\\b`).test(text));
    const says = posts.some(({ text }) => text.includes(`--told-in ${id} `));
    hold(11, says, () => `the digest #${id} does not say what is in it`);
    // One that came back in the meantime is counted twice, or is told in a later one by now.
    if (members !== count) continue;
    const isCounted = posts.some(({ text }) => text.includes(`${members} new incident`));
    hold(11, isCounted, () => `the digest #${id} has ${members} incidents, and does not say so`);
  }
}

/** 11, while a life goes on: what a digest keeps from being told by itself says in which it is, and is not critical. */
export function checkDigested(rows: Rows): void {
  const [wrong] = rows.all<{ incident: number; evidence: string; severity: string; digest: number | null }>(
    `SELECT work.incident, evidence, severity, digest FROM work JOIN incident ON incident.id = work.incident
       LEFT JOIN told_in ON told_in.incident = work.incident AND told_in.destination = work.destination
     WHERE work.state = 'listed' AND work.reason = 'digested'
       AND (severity = 'critical' OR digest IS NULL OR evidence <> 'told in #' || digest)`,
  );
  hold(
    11,
    wrong === undefined,
    () => `#${wrong?.incident} is ${wrong?.severity}, ${wrong?.evidence}, in #${wrong?.digest}`,
  );
}

/** 11, at quiet: no first word was said before its wait for others was over, unless there was more to say. */
export function checkGroupWaits(rows: Rows, snapshot: Snapshot): void {
  for (const { name, groupWaitMs } of Object.values(snapshot.policies)) {
    if (groupWaitMs === undefined) continue;
    // Who has one told by himself does not wait for it.
    const firsts = rows.all<{ incident: number; destination: string; began: number; opened: number; next: number }>(
      `SELECT attempt.incident, attempt.destination, min(began_at) AS began,
         min(CASE WHEN n = 1 THEN moment.at END) AS opened,
         coalesce(min(CASE WHEN n = 2 THEN moment.at END), 9007199254740991) AS next
       FROM attempt JOIN incident ON incident.id = attempt.incident JOIN moment ON moment.incident = attempt.incident
       WHERE policy = ? AND step = 1 AND n <= 2
         AND NOT EXISTS (SELECT 1 FROM moment AS worst WHERE worst.incident = attempt.incident AND worst.n = 1 AND worst.severity = 'critical')
         AND NOT EXISTS (SELECT 1 FROM audit WHERE what = 'retry_work' AND about = '#' || attempt.incident || ' ' || attempt.destination)
       GROUP BY attempt.incident, attempt.destination`,
      name,
    );
    for (const { incident, destination, began, opened, next } of firsts) {
      const earlyMs = Math.min(opened + groupWaitMs, next) - began;
      hold(11, earlyMs <= 0, () => `${destination} was told of #${incident} ${earlyMs} ms before its wait was over`);
    }
  }
}
