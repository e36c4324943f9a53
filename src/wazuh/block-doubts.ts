// What integratord takes without a word, and what was hardly meant so.
import type { ConfProblem, IntegrationBlock, TagName } from "./integration-block.ts";
import type { Place } from "./place.ts";

/** Wazuh's rules end here, so nothing above it ever fires. */
const HIGHEST_LEVEL = 16;

export function blockDoubts(block: IntegrationBlock): readonly ConfProblem[] {
  const doubts: ConfProblem[] = [];
  const doubt = ({ line, column }: Place, says: string) => doubts.push({ kind: "doubt", line, column, says });
  const last = new Map(block.tags.map((tag) => [tag.name, tag]));
  const at = (name: TagName) => last.get(name)?.place ?? block.place;
  const { level, group, ruleIds, location } = block.filters;

  for (const tag of block.tags) {
    if (last.get(tag.name) !== tag && tag.name !== "rule_id")
      doubt(tag.place, `<${tag.name}> stands here again further down, and only the last counts`);
  }
  if (level > HIGHEST_LEVEL) doubt(at("level"), `no rule has a level above ${HIGHEST_LEVEL}, so nothing passes`);
  if (group !== null && /(?:^|,)\s|\s(?:,|$)/.test(group))
    doubt(at("group"), "the white space beside the commas belongs to the names, which no group has. Take it out");
  for (const tag of block.tags) {
    if (tag.name === "rule_id" && tag.shown !== "" && !/^ *\d+ *(?:, *\d+ *)*$/.test(tag.shown ?? ""))
      doubt(tag.place, idsDoubt(ruleIds));
  }
  if (ruleIds?.length === 0) doubt(at("rule_id"), "no rule has the id 0, so nothing passes");
  const isOpen = location?.alternatives.some(({ text, atStart, atEnd }) => text === "" && !(atStart && atEnd));
  if (location !== null && isOpen === true) {
    if (location.negated) doubt(at("event_location"), "nothing but ! matches no location at all, so nothing passes");
    else if (location.alternatives.length > 1)
      doubt(at("event_location"), "an empty alternative beside a | matches every location. Take it out");
  }
  return [...doubts, ...valueDoubts(block)];
}

function idsDoubt(ruleIds: readonly number[] | null): string {
  if (ruleIds === null) return "integratord finds no number here, and so every rule passes. Write ids parted by commas";
  return `integratord reads only ${ruleIds.join(", ") || "zeros"} here: the list ends at what is neither a digit, a space nor a comma`;
}

function valueDoubts({ tags, hookUrl, apiKey, options, alertFormat }: IntegrationBlock): readonly ConfProblem[] {
  const doubts: ConfProblem[] = [];
  const hidden = [
    ["hook_url", hookUrl?.value.reveal(), hookUrl?.place],
    ["api_key", apiKey?.value.reveal(), apiKey?.place],
    ["options", options?.text.reveal(), options?.place],
  ] as const;
  for (const [name, text, place] of hidden) {
    if (text === undefined || place === undefined) continue;
    const doubt = (says: string) => doubts.push({ kind: "doubt", line: place.line, column: place.column, says });
    if (name !== "options" && text.includes(" "))
      doubt(
        `integratord parts its command at spaces, so the one in <${name}> moves every argument after it. Take it out`,
      );
    else if (name !== "options" && /\s/.test(text))
      doubt(`white space inside <${name}> is handed to the script with it. Take it out`);
    if (/&(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);/i.test(text))
      doubt(
        `Wazuh knows no entities: what begins with & in <${name}> is handed on as it stands. Write the character itself`,
      );
    if (text.includes("\ufffd")) doubt(`<${name}> is not UTF-8. Save the file as UTF-8`);
  }
  const format = tags.findLast(({ name }) => name === "alert_format");
  if (alertFormat === "text" && format !== undefined && format.shown?.trim().startsWith("json") === true)
    doubts.push({
      kind: "doubt",
      ...format.place,
      says: "white space before json makes it the old text format. Take it out",
    });
  return doubts;
}

/** The old text format cuts and masks the log that later blocks of the same file get. */
export function fileDoubts(blocks: readonly IntegrationBlock[]): readonly ConfProblem[] {
  const running = blocks.filter(({ enabled }) => enabled);
  const lastJson = running.findLastIndex(({ alertFormat }) => alertFormat === "json");
  return running.slice(0, Math.max(lastJson, 0)).flatMap(({ alertFormat, place }): readonly ConfProblem[] => {
    if (alertFormat === "json") return [];
    const says =
      "without <alert_format>json</alert_format> integratord cuts the log of the alert for every later block as well";
    return [{ kind: "doubt", ...place, says }];
  });
}
