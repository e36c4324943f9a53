// The <active-response> blocks of an ossec.conf, and which of them act more widely, or for longer, than was meant.
import { visible } from "../core/visible.ts";
import { atoi } from "./c-number.ts";
import type { ConfProblem } from "./integration-block.ts";
import { OSSEC_CONF_BYTES_MOST } from "./ossec-conf.ts";
import { type Element, readOssecXml } from "./ossec-xml.ts";
import { placesIn, type Place } from "./place.ts";

export interface ActiveResponseBlock {
  readonly place: Place;
  readonly disabled: boolean;
  /** The name of its command; empty: it has none. */
  readonly command: string;
  /** The script that the command runs, without its folder; null: no command of that name is in the file. */
  readonly executable: string | null;
  readonly location: string;
  /** Null: not said. */
  readonly level: number | null;
  readonly rulesGroup: string | null;
  readonly ruleIds: readonly number[] | null;
  /** After which Wazuh lifts it; null: never by itself. */
  readonly timeoutS: number | null;
}

export interface ActiveResponses {
  readonly blocks: readonly ActiveResponseBlock[];
  /** What is unguarded, in the order of the lines. Blocks that are disabled are left out. */
  readonly problems: readonly ConfProblem[];
}

/** Reads the bytes of an ossec.conf, as far as they can be read. Never throws, whatever they are. */
export function readActiveResponses(file: Uint8Array): ActiveResponses {
  if (file.length > OSSEC_CONF_BYTES_MOST) return { blocks: [], problems: [] };
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength).toString("latin1");
  const elements = readOssecXml(bytes).roots.flatMap((root) => (root.name === "ossec_config" ? root.elements : []));
  const commands = new Map(elements.filter(({ name }) => name === "command").map((each) => [text(each, "name"), each]));
  const placeOf = placesIn(bytes);
  const blocks = elements
    .filter(({ name }) => name === "active-response")
    .map((element) => blockOf(element, commands, placeOf(element.offset)));
  return { blocks, problems: blocks.flatMap(unguarded) };
}

const TIMELESS = new Set(["restart-wazuh", "restart.sh", "restart-ossec.cmd"]);
const COMPANION = /^riposte-[a-z-]+(?:\.cmd)?$/;
/** Rules of brute force that name no user whom the script could lock. */
const WITHOUT_USER = new Set([5_710, 5_712]);

function blockOf(element: Element, commands: ReadonlyMap<string, Element>, place: Place): ActiveResponseBlock {
  const command = text(element, "command");
  const declared = commands.get(command);
  const level = text(element, "level");
  const ids = text(element, "rules_id");
  const timeoutS = atoi(text(element, "timeout"));
  const mayTimeOut = declared === undefined || text(declared, "timeout_allowed") === "yes";
  return {
    place,
    disabled: text(element, "disabled") === "yes",
    command,
    executable: declared === undefined ? null : (/[^\\/]*$/.exec(text(declared, "executable"))?.[0] ?? ""),
    location: text(element, "location"),
    level: level === "" ? null : atoi(level),
    rulesGroup: text(element, "rules_group") || null,
    ruleIds: ids === "" ? null : ids.split(",").map(atoi),
    timeoutS: timeoutS > 0 && mayTimeOut ? timeoutS : null,
  };
}

function unguarded(block: ActiveResponseBlock): readonly ConfProblem[] {
  if (block.disabled) return [];
  const { command, executable, location, level, rulesGroup, ruleIds, timeoutS, place } = block;
  const does = executable ?? command;
  const name = visible(command === "" ? "without a command" : command);
  const says: string[] = [];
  if (COMPANION.test(does)) {
    // It is called by its name, with its end in the order; that no rule runs it, and that it has no timeout, is meant.
    const named = level !== null || rulesGroup !== null || ruleIds !== null;
    const why = "can't be run by a rule: Riposte's companion takes orders of Riposte alone and refuses others";
    return named ? [{ kind: "doubt", ...place, says: `<active-response> ${name} ${why}` }] : [];
  }
  if (level === null && rulesGroup === null && ruleIds === null) {
    says.push("has no rules_id, level or rules_group, so no alert runs it; it can only be called by its name");
  } else if (level !== null && rulesGroup === null) {
    const beside = ruleIds === null ? "" : ", beside the rules in rules_id";
    says.push(`answers every alert of level ${level} and above, whatever it is about${beside}. Name the rules only`);
  }
  if (timeoutS === null && !TIMELESS.has(does)) {
    says.push("is never lifted: it has no timeout, or its command does not allow one");
  }
  if (does === "disable-account") {
    const blind = (ruleIds ?? []).filter((id) => WITHOUT_USER.has(id));
    if (blind.length > 0) says.push(`can't act on rule ${blind.join(", ")}, which names no user in data.dstuser`);
    says.push("locks the account that was attacked, not the attacker: whoever guesses at a name locks it");
  }
  if (location === "all") says.push("acts on every agent that is connected, whichever one raised the alert");
  return says.map((why) => ({ kind: "doubt", ...place, says: `<active-response> ${name} ${why}` }));
}

/** What the last tag of the name holds, without the white space around it. */
function text({ elements }: Element, name: string): string {
  return elements.findLast((element) => element.name === name)?.content.trim() ?? "";
}
