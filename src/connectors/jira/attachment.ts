import type { Guidance } from "../../core/guidance.ts";
import { guidanceTextLines } from "../../core/guidance-text.ts";
import type { AlertFacts, Picture } from "../../core/picture.ts";
import { plainText } from "../../core/plain-text.ts";
import { jsonWithin } from "../json-within.ts";

export interface Attachment {
  readonly fileName: string;
  readonly contentType: string;
  readonly text: string;
  /** Something of an alert had to be left out. */
  readonly shortened: boolean;
}

/** The first and the newest alert as Wazuh wrote them, one JSON line each. Wazuh's own lines are far below the cap. */
export function attachmentOf({ incident, first, newest }: Picture): Attachment {
  const alerts = isSame(first, newest) ? [first] : [first, newest];
  const lines = alerts.map(({ document }) => jsonWithin(document, ALERT_CHARS));
  return {
    fileName: fileNameOf(incident.id),
    contentType: "application/x-ndjson",
    text: lines.map((line) => `${line.text}\n`).join(""),
    shortened: lines.some(({ shortened }) => shortened),
  };
}

/** One for each incident: by it the file is known again, by us as well. */
export function fileNameOf(incident: number): string {
  return `incident-${incident}-alerts.jsonl`;
}

/** All of the playbook, filled in, beside a description that may not hold all of it. */
export function playbookAttachment({ incident }: Picture, guidance: Guidance): Attachment {
  return {
    fileName: playbookFileName(incident.id),
    contentType: "text/plain; charset=utf-8",
    text: guidanceTextLines(guidance)
      .map((line) => `${plainText(line)}\n`)
      .join(""),
    shortened: false,
  };
}

export function playbookFileName(incident: number): string {
  return `incident-${incident}-playbook.txt`;
}

const ALERT_CHARS = 512 * 1_024;

function isSame(one: AlertFacts, other: AlertFacts): boolean {
  return one === other || (one.id === other.id && one.at === other.at && one.ruleId === other.ruleId);
}
