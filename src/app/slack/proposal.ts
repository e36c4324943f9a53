import { redactorOf } from "../../engine/redacted.ts";
import { exclusionFor, type Exclusion, type ExclusionParts } from "../exclusion.ts";
import type { Reader } from "../../store/queries.ts";
import type { SlackPlace } from "./place.ts";

export type ProposalReader = ExclusionParts["reader"] & Pick<Reader, "incident">;

/** What whoever called it a false positive is told; nothing is changed by it. */
export async function proposalFor(
  id: number,
  { redact }: SlackPlace,
  parts: Omit<ExclusionParts, "reader" | "shown"> & { readonly reader: ProposalReader },
): Promise<string> {
  const incident = await parts.reader.incident(id);
  const redactor = redactorOf(redact === undefined ? {} : { redact });
  const shown = (line: string): string => redactor?.line(line).line ?? line;
  const found = incident === null ? null : await exclusionFor(incident, { ...parts, shown });
  const resolved = `#${id} is resolved as a false positive.`;
  return found === null
    ? `${resolved} Its alerts have nothing of their own by which its policy could leave them out; riposte tune says what else there is.`
    : `${resolved} ${exclusionWords(found)}`;
}

function exclusionWords(found: Exclusion): string {
  const { policy, pack, line, lookedAt, leftOut, acknowledged, severe, isWhole } = found;
  const where =
    pack === null ? `in when of the policy ${policy}` : `in when of ${policy}, under change of the pack ${pack}`;
  const short = isWhole ? "" : ", as far as there was time to look";
  return [
    `To hear of the like no more, write ${where}:`,
    line,
    `Of its newest ${lookedAt} incidents${short} that leaves out ${leftOut}, of which ${severe} were high or critical and ${acknowledged} others had been acknowledged. A not that is there already stays: put both under all. Nothing was changed; riposte check and riposte replay try it.`,
  ].join("\n");
}
