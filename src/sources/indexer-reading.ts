import type { KeptAlert } from "../core/alert.ts";
import type { AcceptInput } from "../core/input.ts";
import { keptOfLine, QUARANTINE_ROWS } from "../core/quarantine.ts";
import type { Instant } from "../core/time.ts";
import type { Hit } from "../wazuh/indexer/client.ts";
import { lineOfHit } from "./indexer-line.ts";
import type { LineJudge } from "./line-judge.ts";

export type Tally = Pick<AcceptInput, "read" | "ignored" | "malformed" | "quarantine" | "alerts">;

export const NOTHING: Tally = { read: 0, ignored: 0, malformed: 0, quarantine: [], alerts: [] };

export interface Judging {
  readonly judge: LineJudge;
  readonly wazuh: 4 | 5;
  readonly now: Instant;
}

/** What becomes of the documents of a page. */
export function judgeHits(hits: readonly Hit[], { judge, wazuh, now }: Judging): Tally {
  const alerts: KeptAlert[] = [];
  const quarantine: AcceptInput["quarantine"][number][] = [];
  let ignored = 0;
  for (const hit of hits) {
    const line = lineOfHit(hit, wazuh);
    const judgement = line === null ? NOT_AN_ALERT : judge.judge(line, now);
    switch (judgement.kind) {
      case "kept":
        alerts.push(judgement.alert);
        break;
      case "ignored":
        ignored += 1;
        break;
      case "malformed":
        quarantine.push({ why: judgement.why, raw: keptOfLine(line ?? textOf(hit)) });
        break;
    }
  }
  const malformed = quarantine.length;
  return { read: hits.length, ignored, malformed, quarantine: quarantine.slice(-QUARANTINE_ROWS), alerts };
}

/** A document that is too large to be read at all, in the place that it would have had. */
export function refuseHit({ index, id }: Hit): Tally {
  const raw = keptOfLine(`the document ${id} of ${index} is too large to be read`);
  return { read: 1, ignored: 0, malformed: 1, quarantine: [{ why: "too_long", raw }], alerts: [] };
}

const NOT_AN_ALERT = { kind: "malformed", why: "not_an_alert" } as const;

function textOf({ source, index, id }: Hit): string {
  return source === undefined ? `the document ${id} of ${index} is empty` : JSON.stringify(source);
}
