import { MINUTE_MS } from "../../src/core/time.ts";
import type { FakeJira } from "../fakes/jira/jira.ts";
import { hold } from "./checks.ts";
import type { Deed } from "./jira-people.ts";
import type { JiraReceipt } from "./jira-ticket.ts";
import type { Rows } from "./rows.ts";
import type { SimCall } from "./sim-net.ts";
import { hostOf } from "./world.ts";

/** 3: what was told of once is never made anew, whatever people did to it since. */
export function checkMadeOnce(receipts: readonly JiraReceipt[], calls: readonly SimCall[]): void {
  const creates = calls.filter(({ host, request }) => host === hostOf("jira") && request.url.endsWith("/issue"));
  for (const { at, request } of creates) {
    const { properties } = JSON.parse(request.body ?? "") as { properties: readonly [{ value: { incident: number } }] };
    const { incident } = properties[0].value;
    const told = receipts.find((receipt) => receipt.incident === incident);
    hold(
      3,
      !(told !== undefined && told.first_done_at < at),
      () => `#${incident} had its ticket, and another one was made`,
    );
  }
}

const PEOPLES_LAST_WORD_MS = 2 * MINUTE_MS;

/** 6: what people closed for good stays closed; only a call that was under way may have crossed theirs. */
export function checkRespect(jira: FakeJira, deeds: readonly Deed[]): void {
  for (const { at, kind, issue } of deeds) {
    if (kind !== "won't fix") continue;
    const { changelog, key } = jira.issue(issue);
    const next = changelog.find((change) => change.field === "status" && change.at > at);
    const isOurs = next?.by.id === jira.site.me.id && next.at > at + PEOPLES_LAST_WORD_MS;
    hold(6, !isOurs, () => `somebody closed ${key} for good, and it went to ${next?.to}`);
  }
}

/** 2: what is taken for deleted is. */
export function checkDeadForGone(rows: Rows, jira: FakeJira): void {
  const gone = rows.all<JiraReceipt>(
    `SELECT receipt.* FROM receipt JOIN work ON work.incident = receipt.incident AND work.destination = receipt.destination
     WHERE work.destination = 'jira' AND work.state = 'dead' AND work.reason = 'gone_there'`,
  );
  for (const { incident, remote } of gone) {
    const { deletedAt, key } = jira.issue((JSON.parse(remote) as { anchor: string }).anchor);
    hold(2, deletedAt !== null, () => `${key} of #${incident} was given up as deleted, and is there`);
  }
}

/** 6: what is not ours nobody touches. */
export function checkOthersIssues(jira: FakeJira): void {
  const me = jira.site.me.id;
  const touched = jira.issues.find(
    ({ creator, changelog, comments }) =>
      creator.id !== me &&
      (changelog.some(({ by }) => by.id === me) || comments.some(({ author }) => author.id === me)),
  );
  hold(6, touched === undefined, () => `${touched?.key} is somebody's own, and was changed`);
}

const DEEDS_BEHIND = { resolve: ["closes", "won't fix"], acknowledge: ["takes up"] } as const;

/** 9: what Jira's people are said to have done they did. */
export function checkFollowed(rows: Rows, deeds: readonly Deed[]): void {
  const followed = rows.all<{ at: number; what: "resolve" | "acknowledge"; about: string }>(
    "SELECT at, what, about FROM audit WHERE who = 'jira'",
  );
  for (const { at, what, about } of followed) {
    // What was closed for the last time says nothing about this one.
    const cameBackAt =
      what === "resolve"
        ? rows.count(
            "SELECT max(at) AS n FROM moment WHERE incident = ? AND kind = 'reopened' AND at <= ?",
            Number(about.slice(1)),
            at,
          )
        : 0;
    const isDone = deeds.some(
      (deed) =>
        deed.at <= at &&
        deed.at >= cameBackAt &&
        (DEEDS_BEHIND[what] as readonly string[]).includes(deed.kind) &&
        about === `#${deed.incident}`,
    );
    hold(9, isDone, () => `people in Jira are said to ${what} ${about}, and did nothing of it`);
  }
}
