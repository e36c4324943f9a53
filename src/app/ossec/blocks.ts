// integratord's blocks as policies and destinations of the config: those that were taken over are sent, the others shown.
import { randomUUID } from "node:crypto";
import { basename, dirname } from "node:path";
import { type Connectors, readDestinations, withLinks } from "../../config/destinations.ts";
import { OSSEC_PREFIX, readersOf } from "../../config/load.ts";
import { policyOf, policyProblems, PolicyShape } from "../../config/policies.ts";
import { type ConfigError, isMap, type Problem } from "../../config/problem.ts";
import type { Config, DestinationConfig } from "../../config/schema.ts";
import type { Policy } from "../../core/policy.ts";
import type { OssecSecret } from "../../ports/secrets.ts";
import { type NamedBlock, nameBlocks } from "../../wazuh/block-names.ts";
import { runningBlocks } from "../../wazuh/block-secret.ts";
import type { IntegrationBlock } from "../../wazuh/integration-block.ts";
import type { OssecConf } from "../../wazuh/ossec-conf.ts";
import type { Place } from "../../wazuh/place.ts";
import { pairSameBlocks } from "../../wazuh/same-block.ts";
import { type RefOf, takeOver, type TakenBlock, type TakeOverOptions } from "../../wazuh/take-over.ts";
import { addressOfBlock, type Poster } from "./addresses.ts";
import { type UnsentBlock, unsentBlocks } from "./unsent.ts";
import { errorOf, type FileReading, type OssecReading } from "./read-files.ts";

/**
 * `live`: Riposte sends it. `shadow`: integratord does. `twice`: it stands in both files, so integratord does as well.
 * `handed_over`: integratord's script leaves it to Riposte. `yields`: so it does, and another destination posts to the
 * same address, which would be told twice.
 */
export type BlockState = "live" | "shadow" | "twice" | "handed_over" | "yields";

export interface OssecBlock {
  /** Of its policy and its destination. */
  readonly name: string;
  readonly state: BlockState;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly block: IntegrationBlock;
  /** Of one that stands in both files: the one that integratord reads. */
  readonly twin: IntegrationBlock | null;
  /** The destination of one's own to which it leaves their address; null: it leaves it to nobody. */
  readonly yieldsTo: string | null;
  readonly destination: DestinationConfig;
  readonly policy: Policy;
}

export interface OssecBlocks {
  readonly blocks: readonly OssecBlock[];
  /** Blocks that nobody sends; also among the problems. */
  readonly unsent: readonly UnsentBlock[];
  /** The names as they are to be remembered. */
  readonly names: readonly NamedBlock[];
  readonly problems: readonly ConfigError[];
}

/** The config with the blocks before its own policies, each of which lets those behind it be asked as well. */
export function withBlocks(config: Config, { blocks }: Pick<OssecBlocks, "blocks">, connectors: Connectors): Config {
  const live = readersOf(
    blocks.filter(({ state }) => !isShadow(state)).map(({ destination }) => destination),
    connectors,
  ).map(({ name }) => name);
  const { health, links } = config;
  const made = blocks.map(({ destination }) => destination);
  // Somebody has to hear of Riposte itself.
  const readers = health.tell.length > 0 ? health.tell : null;
  return {
    ...config,
    destinations: [...config.destinations, ...withLinks(made, connectors, links)],
    policies: [...blocks.map(({ policy }) => policy), ...config.policies],
    health: { ...health, tell: health.isTellGiven === true ? heard(health.tell, blocks) : (readers ?? live) },
  };
}

/** Names of blocks are in it before it is known which blocks there are. */
function heard(tell: readonly string[], blocks: readonly OssecBlock[]): readonly string[] {
  const sent = new Set(blocks.flatMap(({ name, state }) => (isShadow(state) ? [] : [name])));
  return tell.filter((name) => !name.startsWith(OSSEC_PREFIX) || sent.has(name));
}

/** Blocks that are to hear of Riposte itself and won't. */
export function unheard({ health }: Config, blocks: readonly OssecBlock[]): readonly Problem[] {
  const heardOf = heard(health.tell, blocks);
  return health.tell.flatMap((name, i): readonly Problem[] => {
    if (heardOf.includes(name)) return [];
    const block = blocks.find((of) => of.name === name);
    const says =
      block === undefined
        ? "there is no such block now, so it hears nothing of Riposte itself. riposte check lists those there are"
        : "is a block that Riposte does not send, so it hears nothing of Riposte itself. riposte takeover moves it";
    return [{ path: ["health", "tell", i], at: "value", says }];
  });
}

/**
 * What each file's blocks are. New blocks of integratord's file are numbered behind those that were taken over. Who
 * else posts is asked for only where it matters.
 */
export function readBlocks(
  reading: OssecReading,
  connectors: Connectors,
  posters: () => readonly Poster[],
): OssecBlocks {
  const { conf, takenOver, jiraScript, onePerAlert = false } = reading;
  const taken = runningBlocks(takenOver.conf?.blocks ?? []);
  const standing = runningBlocks(conf.conf?.blocks ?? []);
  const pairs = pairSameBlocks(
    taken.map(({ block }) => block),
    standing.map(({ block }) => block),
  );
  const home = homeOf(conf.path);
  const twins = new Set(pairs.values());
  const broken = brokenIn(takenOver.conf);
  const all = [...taken, ...standing]
    .map(({ block }) => block)
    .filter((block) => !twins.has(block) && !broken.has(block));
  const { names, known } = nameBlocks(all, reading.names);
  // integratord's script sends nothing then, so that leaving it to integratord would leave it to nobody.
  const isHandedOver = ({ name }: IntegrationBlock): boolean => name === "custom-jira" && jiraScript === "hands_over";
  const stateTaken: StateOf = (block) => {
    const twin = pairs.get(block) ?? null;
    return { state: twin === null || isHandedOver(block) ? "live" : "twice", twin, yieldsTo: null };
  };
  const stateStanding: StateOf = (block) => {
    if (!isHandedOver(block)) return { state: "shadow", twin: null, yieldsTo: null };
    const address = addressOfBlock(block);
    const other = address === null ? undefined : posters().find((of) => of.isTold && of.address === address);
    return { state: other === undefined ? "handed_over" : "yields", twin: null, yieldsTo: other?.destination ?? null };
  };
  const found = [
    readFile(takenOver, { home, onePerAlert, skip: broken, names }, connectors, stateTaken),
    readFile(conf, { home, onePerAlert, skip: twins, names }, connectors, stateStanding),
  ];
  const blocks = found.flatMap((of) => of.blocks);
  const unsent = unsentBlocks(reading);
  return {
    blocks,
    unsent,
    names: known,
    problems: [
      ...unsent.map(({ error }) => error),
      ...conf.problems,
      ...takenOver.problems,
      ...found.flatMap(({ problems }) => problems),
      ...blocks.flatMap((block): readonly ConfigError[] => {
        const says = whyNotSent(block, conf.path);
        const { file, line, column } = block;
        return says === null ? [] : [{ file, line, column, path: "", says }];
      }),
    ],
  };
}

/** Of a block that Riposte could send and does not: whoever has it must know. Null: there is nothing to say. */
export function whyNotSent({ state, twin, yieldsTo }: OssecBlock, conf: string): string | null {
  switch (state) {
    case "twice":
      return `stands in ${conf}:${twin?.place.line ?? 1} as well: integratord sends it, so Riposte does not. Take it out there (riposte takeover), and restart the manager`;
    case "yields":
      return `is handed over by integratord's custom-jira, and ${yieldsTo} posts to the same address: Riposte sends what the policies tell ${yieldsTo} and not this block, so that nothing is told twice. Take the block out, or ${yieldsTo} out of the policies`;
    case "live":
    case "shadow":
    case "handed_over":
      return null;
  }
}

const USUAL_HOME = "/var/ossec";

function homeOf(conf: string): string | undefined {
  const folder = dirname(conf);
  const home = dirname(folder);
  return basename(folder) === "etc" && home !== USUAL_HOME ? home : undefined;
}

/** Blocks in which the file is broken: half of what they ask for could be the half that matters. */
function brokenIn(conf: OssecConf | null): ReadonlySet<IntegrationBlock> {
  const blocks = conf?.blocks ?? [];
  const refused = conf?.problems.filter(({ kind }) => kind === "refused") ?? [];
  return new Set(
    refused.flatMap(({ line, column }) => {
      const at = { line, column };
      return blocks.filter(({ place, endPlace }) => !isBefore(at, place) && isBefore(at, endPlace));
    }),
  );
}

function isBefore(one: Place, other: Place): boolean {
  return one.line < other.line || (one.line === other.line && one.column < other.column);
}

type StateOf = (block: IntegrationBlock) => Pick<OssecBlock, "state" | "twin" | "yieldsTo">;

function isShadow(state: BlockState): boolean {
  return state === "shadow" || state === "twice" || state === "yields";
}

interface Reading extends Required<TakeOverOptions> {
  readonly onePerAlert: boolean;
  /** The folder of the Wazuh whose scripts the blocks name, where that is another than usual. */
  readonly home: string | undefined;
}

function readFile(
  { path, conf }: FileReading,
  { home, onePerAlert, ...options }: Reading,
  connectors: Connectors,
  stateOf: StateOf,
): Pick<OssecBlocks, "blocks" | "problems"> {
  if (conf === null) return { blocks: [], problems: [] };
  const places = new Map<string, OssecSecret>();
  const own = randomUUID();
  const refOf: RefOf = (name, tag, place) => {
    // The schemas know files and variables only; nobody but this process can guess the name of this one.
    const standIn = `/${own}/${name}/${tag}`;
    places.set(standIn, { file: path, ...place, tag });
    return { file: standIn };
  };
  const { taken, problems } = takeOver(conf, refOf, home, options);
  const read = taken.map((of) => readBlock(of, path, stateOf, places, connectors, onePerAlert));
  return {
    blocks: read.filter((of) => "policy" in of),
    problems: [...problems.map((problem) => errorOf(path, problem)), ...read.filter((of) => "says" in of)],
  };
}

function readBlock(
  { name, block, destination: written, policy: writtenPolicy }: TakenBlock,
  file: string,
  stateOf: StateOf,
  places: ReadonlyMap<string, OssecSecret>,
  connectors: Connectors,
  onePerAlert: boolean,
): OssecBlock | ConfigError {
  const { line, column } = block.place;
  const { state, twin, yieldsTo } = stateOf(block);
  const { destinations, problems } = readDestinations({ [name]: written }, connectors);
  const trouble = [...problems, ...policyProblems([writtenPolicy], [name], () => null)][0];
  const [made] = destinations;
  if (trouble !== undefined || made === undefined)
    return {
      file,
      line,
      column,
      path: "",
      says: `Riposte can't take this block: ${trouble?.says ?? "no destination"}`,
    };
  const destination: DestinationConfig = {
    ...made,
    config: withSecrets(made.config, places),
    ...(isShadow(state) && { shadow: true }),
    ...(yieldsTo !== null && { yieldsTo }),
  };
  // integratord tells each alert by itself, however many there are, and once: so does who takes its place.
  const alone = onePerAlert ? { one_per_alert: true, group_by: undefined } : {};
  const together = { collapse: "off", repeat: "off" };
  const asked = policyOf(PolicyShape.parse({ ...writtenPolicy, ...alone, ...together }), [destination]);
  const policy: Policy = { ...asked, terms: { ...asked.terms, asIntegratord: true } };
  return { name, state, file, line, column, block, twin, yieldsTo, destination, policy };
}

/** The same, with the blocks' tags where the stand-ins are. */
function withSecrets(value: unknown, places: ReadonlyMap<string, OssecSecret>): unknown {
  if (Array.isArray(value)) return value.map((of) => withSecrets(of, places));
  if (!isMap(value)) return value;
  const place = typeof value["file"] === "string" ? places.get(value["file"]) : undefined;
  if (place !== undefined) return { ossec: place };
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, withSecrets(of, places)]));
}
