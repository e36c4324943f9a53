import { markIn } from "../fakes/jira-automation.ts";
import { hold } from "./checks.ts";
import type { HeardCall } from "./rule-calls.ts";
import { receiptsAt, type Rows } from "./rows.ts";
import { hostOf, type World } from "./world.ts";

/** Until what is committed keeps a call from starting that was about to: a turn, and the way to the worker. */
const HEARD_WITHIN_MS = 250;

/** 3 and 6 where the rule calls back: what it said is what the receipts say, and nothing was sent again after it. */
export function checkRule(rows: Rows, { rule, plan, net }: World): void {
  if (!rule.callsBack) return;
  const lies = rule.heard.filter(({ key, word }) => key.startsWith("EVIL-") && (word === "taken" || word === "known"));
  hold(6, lies[0] === undefined, () => `${lies[0]?.mark} is no step of ours, and was believed`);
  const believed = Map.groupBy(
    rule.heard.filter(({ word }) => word === "taken" || word === "known"),
    ({ mark }) => mark,
  );
  checkNothingIsSentAfter(believed, net.calls);
  const receipts = receiptsAt(rows, plan.snapshot, "tickets");
  for (const { incident, remote, twins } of receipts) {
    const [, calls = []] = [...believed].find(([one]) => one.endsWith(`-${incident}-tickets-1`)) ?? [];
    const { anchor } = JSON.parse(remote) as { anchor: string | null };
    const others = twins === null ? [] : (JSON.parse(twins) as { twins: readonly string[] }).twins;
    const named = [...(anchor === null ? [] : [anchor]), ...others];
    const forgotten = calls.find(({ key }) => !named.includes(key));
    hold(
      6,
      forgotten === undefined,
      () => `${forgotten?.key} of #${incident} was called back, and no receipt names it`,
    );
    const unheard = named.find((key) => !rule.offered.has(key));
    hold(6, unheard === undefined, () => `the receipt of #${incident} names ${unheard}, of which nobody has spoken`);
    const made = rule.fake.issues.filter(({ body }) => markIn(body)?.endsWith(`-${incident}-tickets-1`) === true);
    const strange = named.find((key) => !made.some((issue) => issue.key === key));
    hold(6, strange === undefined, () => `${strange} of #${incident} is no ticket of it`);
    hold(6, made.length > 0, () => `#${incident} is told, and there is no ticket`);
    hold(
      3,
      made.length === 1 || !rule.knowsInTime,
      () =>
        `#${incident} has the tickets ${made.map(({ key }) => key).join()}, and the rule could have found the first`,
    );
  }
  const orphan = [...believed.keys()].find((mark) => !receipts.some(({ incident }) => mark.includes(`-${incident}-`)));
  hold(6, orphan === undefined, () => `the rule was believed of ${orphan}, and there is no receipt`);
}

function checkNothingIsSentAfter(
  believed: ReadonlyMap<string, readonly HeardCall[]>,
  calls: World["net"]["calls"],
): void {
  for (const { at, host, request } of calls) {
    if (host !== hostOf("tickets")) continue;
    const mark = /rp-[a-z0-9]+-\d+-tickets-\d+/.exec(request.body ?? "")?.[0] ?? "";
    const first = Math.min(...(believed.get(mark) ?? []).map((heard) => heard.at));
    hold(
      3,
      at <= first + HEARD_WITHIN_MS,
      () => `${mark} was sent again ${at - first} ms after the rule had called back`,
    );
  }
}
