// What Riposte makes of integratord's blocks: for each a destination and a policy, as they would stand in the config.
import type { OssecSecret, SecretRef } from "../ports/secrets.ts";
import { blockDigest, nameBlocks } from "./block-names.ts";
import { type When, whenOf } from "./block-policy.ts";
import { runningBlocks } from "./block-secret.ts";
import { HiddenText } from "./hidden-text.ts";
import type { ConfProblem, IntegrationBlock, SecretTag } from "./integration-block.ts";
import type { OssecConf } from "./ossec-conf.ts";
import type { Place } from "./place.ts";
import { SCRIPT_NAME } from "./script-name.ts";

export interface TakenBlock {
  readonly block: IntegrationBlock;
  /** Of the policy and of the destination. */
  readonly name: string;
  readonly destination: Readonly<Record<string, unknown>> & {
    readonly type: "slack" | "jira-automation" | "integration-script";
  };
  readonly policy: {
    readonly name: string;
    readonly when: When;
    readonly group_by: readonly string[];
    readonly tell: readonly string[];
    readonly continue: true;
  };
  /** What has to be found where the destination says. */
  readonly secrets: readonly { readonly ref: SecretRef; readonly value: HiddenText }[];
}

export interface TakenOver {
  readonly taken: readonly TakenBlock[];
  readonly problems: readonly ConfProblem[];
}

export type SecretTagName = "hook_url" | "api_key" | "options";

/** `name` is the destination's; `of` says which block of the file it is. */
export type RefOf = (name: string, tag: SecretTagName, of: Omit<OssecSecret, "file" | "tag">) => SecretRef;

export interface TakeOverOptions {
  /** What each is to be called; without it as if none had had a name before. */
  readonly names?: ReadonlyMap<IntegrationBlock, string>;
  /** Blocks that are looked at elsewhere, or nowhere. */
  readonly skip?: ReadonlySet<IntegrationBlock>;
}

/**
 * `refOf` says where a block's secret is to be had; the value itself stands in no destination. `home` is the folder of
 * the Wazuh that the file belongs to, where that is another than usual.
 */
export function takeOver(
  conf: OssecConf,
  refOf: RefOf,
  home?: string,
  { names: given, skip = new Set() }: TakeOverOptions = {},
): TakenOver {
  const taken: TakenBlock[] = [];
  const problems: ConfProblem[] = [];
  const running = runningBlocks(conf.accepted ? conf.blocks : []);
  const digests = running.map(({ block, name }) => ({ block, name, digest: blockDigest(block) }));
  const left = running.filter(({ block }) => !skip.has(block));
  const names =
    given ??
    nameBlocks(
      left.map(({ block }) => block),
      [],
    ).names;
  for (const { block, name: of, nth } of left) {
    const others = digests.filter((other) => other.name === of && other.block !== block).map(({ digest }) => digest);
    const place = { block: of, nth, digest: blockDigest(block), others };
    const read = takeBlock(block, names.get(block) ?? "", (name, tag) => refOf(name, tag, place), home);
    problems.push(...read.problems);
    if (read.taken !== null) taken.push(read.taken);
  }
  return { taken, problems };
}

interface ReadBlock {
  readonly taken: TakenBlock | null;
  readonly problems: readonly ConfProblem[];
}

type RefOfBlock = (name: string, tag: SecretTagName) => SecretRef;

function takeBlock(block: IntegrationBlock, name: string, refOf: RefOfBlock, home: string | undefined): ReadBlock {
  const destination = destinationOf(block, name, refOf, home);
  const problems: ConfProblem[] = [];
  const refuse = ({ line, column }: Place, says: string) => problems.push({ kind: "not_taken", line, column, says });
  if (typeof destination === "string") {
    refuse(block.place, destination);
    return { taken: null, problems };
  }
  const secrets = destination.secrets.map(([tag, secret]) => {
    const trouble = tag === "options" ? null : secretTrouble(tag, secret);
    if (trouble !== null) refuse(secret?.place ?? block.place, trouble);
    return { ref: refOf(name, tag), value: secret?.value ?? new HiddenText("") };
  });
  if (STOCK.has(block.name ?? "") && readOptions(block) === null)
    refuse(block.options?.place ?? block.place, NOT_OPTIONS);
  const when = whenOf(block.filters);
  if (isLong(when)) refuse(block.place, "<event_location> is too long for Riposte. Write a policy for it");
  if (problems.length > 0) return { taken: null, problems };
  const policy = { name, when, group_by: ["rule.id", "agent.id"], tell: [name], continue: true } as const;
  return {
    taken: { block, name, destination: destination.written, policy, secrets },
    // What a user's own script makes of its hook_url is its own affair.
    problems: block.name?.startsWith("custom-") === true && block.name !== "custom-jira" ? [] : addressDoubts(block),
  };
}

interface Destination {
  readonly written: TakenBlock["destination"];
  readonly secrets: readonly (readonly [SecretTagName, SecretTag | null])[];
}

/** Wazuh's own scripts that read `<options>` as JSON. */
const STOCK: ReadonlySet<string> = new Set(["slack", "pagerduty", "shuffle"]);

/** Or why there is none. */
function destinationOf(
  block: IntegrationBlock,
  name: string,
  refOf: RefOfBlock,
  home: string | undefined,
): Destination | string {
  const { hookUrl, apiKey } = block;
  switch (block.name) {
    case "slack": {
      const options = readOptions(block) ?? {};
      const laidOver = Object.keys(options).length === 0 ? {} : { options };
      return {
        written: { type: "slack", webhook: refOf(name, "hook_url"), style: "legacy", ...laidOver },
        secrets: [["hook_url", hookUrl]],
      };
    }
    case "custom-jira":
      return {
        written: { type: "jira-automation", url: refOf(name, "hook_url"), token: refOf(name, "api_key") },
        secrets: [
          ["hook_url", hookUrl],
          ["api_key", apiKey],
        ],
      };
    case "custom-riposte":
      return "this script hands alerts over to Riposte. Leave it to integratord";
    case "virustotal":
    case "maltiverse":
    case null:
      return "Riposte can't take this integration over yet. Leave it to integratord";
    default:
      return scriptOf(block, block.name, (tag) => refOf(name, tag), home);
  }
}

const NEEDED: Readonly<Record<string, SecretTagName | undefined>> = { pagerduty: "api_key", shuffle: "hook_url" };

/** Any other is run as integratord runs it. */
function scriptOf(
  { hookUrl, apiKey, options, alertFormat, maxLogBytes, timeoutS, retries }: IntegrationBlock,
  script: string,
  refOf: (tag: SecretTagName) => SecretRef,
  home: string | undefined,
): Destination | string {
  if (!SCRIPT_NAME.test(script))
    return "Riposte runs no script with such a name: letters, digits, ., _ and - are what it may have";
  const given: readonly (readonly [SecretTagName, SecretTag | null])[] = [
    ["hook_url", hookUrl],
    ["api_key", apiKey],
    ["options", options === null ? null : { value: options.text, place: options.place }],
  ];
  const needed = NEEDED[script];
  // An empty tag is an empty argument, and so is one that is not there.
  const secrets = given.filter(([tag, secret]) => tag === needed || (secret !== null && secret.value.reveal() !== ""));
  return {
    written: {
      type: "integration-script",
      script,
      ...(home !== undefined && { wazuh_home: home }),
      ...Object.fromEntries(secrets.map(([tag]) => [tag, refOf(tag)])),
      alert_format: alertFormat,
      ...(alertFormat === "text" && { max_log: maxLogBytes }),
      // integratord hands on whatever number it read; less than nothing is none.
      timeout: Math.max(0, timeoutS),
      retries: Math.max(0, retries),
    },
    secrets,
  };
}

/** Longer patterns are refused in a policy as well. */
const PATTERN_CHARS = 1_024;
const NOT_OPTIONS =
  'what stands in <options> is not a JSON object, so Wazuh\'s own script would end without a message. Example: {"pretext": "Wazuh Alert"}';

function isLong(when: When): boolean {
  const patterns: readonly unknown[] = [when, when["not"] ?? {}].flatMap((part): unknown[] => Object.values(part));
  return patterns.flat().some((pattern) => typeof pattern === "string" && pattern.length > PATTERN_CHARS);
}

/** Null: there is something, and it is no JSON object. */
function readOptions({ options }: IntegrationBlock): Readonly<Record<string, unknown>> | null {
  if (options === null) return {};
  try {
    const value: unknown = JSON.parse(options.text.reveal());
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function secretTrouble(tag: SecretTagName, secret: SecretTag | null): string | null {
  if (secret === null) return `<${tag}> is missing, and Riposte can send nothing without it`;
  const text = secret.value.reveal();
  if (text === "") return `<${tag}> is empty, and Riposte can send nothing without it`;
  return /\s/.test(text) ? `<${tag}> has white space in it. Take it out` : null;
}

/** A template's own words stand there until somebody puts the address in. */
function addressDoubts({ hookUrl }: IntegrationBlock): readonly ConfProblem[] {
  if (hookUrl === null || /^https?:$/.test(URL.parse(hookUrl.value.reveal())?.protocol ?? "")) return [];
  const { line, column } = hookUrl.place;
  return [{ kind: "doubt", line, column, says: "<hook_url> is no http address. Put the webhook's there" }];
}
