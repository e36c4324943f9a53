// Policies that come with Riposte, and what a config says of them: which it takes, which not, and what it has otherwise.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type ConfigDocument, parseConfigDocument } from "./document.ts";
import { didYouMean } from "./nearest.ts";
import { policyProblems, PolicyShape } from "./policies.ts";
import { isMap, type Path, type Problem } from "./problem.ts";
import { checkShape } from "./wording.ts";

export const PACKS = ["starter"] as const;
export type PackName = (typeof PACKS)[number];

const EXAMPLE = "Example: [{ starter: { skip: [rootcheck], change: { agent-lost: { hold: 45m } } } }]";
const EXPECTED = `expected the name of a pack, or a map of one with skip and change. ${EXAMPLE}`;

const Terms = z.strictObject({
  skip: z.array(z.string()).optional().meta({ description: "Policies of the pack that are left out." }),
  change: z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .optional()
    .meta({ description: "By the name of a policy of the pack: the keys that are to be otherwise." }),
});

export const Use = z.array(
  z.union([z.enum(PACKS), z.strictObject({ starter: Terms })], {
    error: ({ input }) => (isMap(input) || typeof input === "string" ? undefined : EXPECTED),
  }),
  { error: ({ input }) => (Array.isArray(input) ? undefined : `expected a list of packs. Example: [starter]`) },
);

/** What a config took of a pack. */
export interface UsedPack {
  readonly name: PackName;
  /** In the order in which they are asked, behind all policies of the config's own. */
  readonly policies: readonly string[];
  readonly skipped: readonly string[];
  readonly changed: readonly string[];
}

export interface ReadPacks {
  readonly shapes: readonly PolicyShape[];
  readonly used: readonly UsedPack[];
  readonly problems: readonly Problem[];
  /** The same problem where its policy is one of a pack: where the config names that. */
  placed(problem: Problem): Problem;
}

type PackPolicy = Readonly<Record<string, unknown>> & { readonly name: string };

/** Works on the plain values, so that its mistakes come out together with all others. */
export function readPacks(
  value: Readonly<Record<string, unknown>>,
  destinations: readonly string[],
  written: ConfigDocument["written"],
): ReadPacks {
  const own: readonly unknown[] = Array.isArray(value["policies"]) ? value["policies"] : [];
  const ownNames = new Map(own.map((policy, i) => [isMap(policy) ? policy["name"] : undefined, i]));
  const shapes: { readonly shape: PolicyShape; readonly path: Path }[] = [];
  const used: UsedPack[] = [];
  const problems: Problem[] = [];
  const tickets = ticketsIn(value["destinations"]);
  const entries: readonly unknown[] = Array.isArray(value["use"]) ? value["use"] : [];
  entries.forEach((entry, i) => {
    const named = namedPack(entry);
    if (named === null) return;
    const { name, terms } = named;
    if (used.some((pack) => pack.name === name)) {
      problems.push({ path: ["use", i], at: "value", says: "this pack is in the list already" });
      return;
    }
    const path: Path = isMap(entry) ? ["use", i, name] : ["use", i];
    const pack = packNamed(name).map((policy) => withTickets(policy, tickets));
    const names = pack.map((policy) => policy.name);
    const skip = listed(terms["skip"]);
    const change = isMap(terms["change"]) ? terms["change"] : {};
    problems.push(
      ...skip.flatMap((of, k) => unknown(of, names, name, [...path, "skip", k], "value")),
      ...Object.keys(change).flatMap((of) => unknown(of, names, name, [...path, "change", of], "key")),
      ...Object.keys(change).flatMap((of): readonly Problem[] => {
        if (!skip.includes(of)) return [];
        return [{ path: [...path, "change", of], at: "key", says: "is left out by skip. Leave out one of the two" }];
      }),
    );
    const taken = pack.filter((policy) => !skip.includes(policy.name));
    for (const policy of taken) {
      const changes = change[policy.name];
      const at: Path = changes === undefined ? path : [...path, "change", policy.name];
      const read = changedPolicy(policy, changes, { at, destinations, written });
      problems.push(...read.problems);
      if (read.shape !== null) shapes.push({ shape: read.shape, path: at });
      const twin = ownNames.get(policy.name);
      if (twin === undefined) continue;
      const says = `the ${name} pack has a policy of this name. Choose another, or leave that out: use: [{ ${name}: { skip: [${policy.name}] } }]`;
      problems.push({ path: ["policies", twin, "name"], at: "value", says });
    }
    used.push({
      name,
      policies: taken.map((policy) => policy.name),
      skipped: names.filter((of) => skip.includes(of)),
      changed: names.filter((of) => Object.hasOwn(change, of) && !skip.includes(of)),
    });
  });
  return {
    shapes: shapes.map(({ shape }) => shape),
    used,
    problems,
    placed(problem) {
      const [root, index, ...inside] = problem.path;
      if (root !== "policies" || typeof index !== "number" || index < own.length) return problem;
      const from = shapes[index - own.length];
      if (from === undefined) return problem;
      const isChange = from.path.includes("change");
      const says = isChange ? problem.says : `${from.shape.name} of this pack: ${problem.says}`;
      return { path: isChange ? [...from.path, ...inside] : from.path, at: isChange ? problem.at : "value", says };
    },
  };
}

/** A pack knows no destination by its name, and says so of those that keep tickets. */
function withTickets(policy: PackPolicy, tickets: readonly string[]): PackPolicy {
  const { escalate, ...others } = policy;
  if (!isMap(escalate) || escalate["to"] !== "tickets") return policy;
  return tickets.length === 0 ? others : { ...others, escalate: { ...escalate, to: tickets } };
}

function ticketsIn(destinations: unknown): readonly string[] {
  if (!isMap(destinations)) return [];
  return Object.entries(destinations).flatMap(([name, of]) => {
    const type = isMap(of) ? of["type"] : null;
    return typeof type === "string" && type.startsWith("jira") ? [name] : [];
  });
}

function namedPack(
  entry: unknown,
): { readonly name: PackName; readonly terms: Readonly<Record<string, unknown>> } | null {
  const written = isMap(entry) ? Object.keys(entry)[0] : entry;
  const name = PACKS.find((pack) => pack === written);
  if (name === undefined) return null;
  const terms = isMap(entry) ? entry[name] : null;
  return { name, terms: isMap(terms) ? terms : {} };
}

function listed(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((of): of is string => typeof of === "string") : [];
}

function unknown(
  of: string,
  names: readonly string[],
  pack: string,
  path: Path,
  at: Problem["at"],
): readonly Problem[] {
  if (names.includes(of)) return [];
  const hint = didYouMean(of, names) || `. There are: ${names.join(", ")}`;
  return [{ path, at, says: `the ${pack} pack has no such policy${hint}` }];
}

interface Changing {
  readonly at: Path;
  readonly destinations: readonly string[];
  readonly written: ConfigDocument["written"];
}

function changedPolicy(
  policy: PackPolicy,
  changes: unknown,
  { at, destinations, written }: Changing,
): { readonly shape: PolicyShape | null; readonly problems: readonly Problem[] } {
  const wanted = isMap(changes) ? changes : {};
  const renamed: readonly Problem[] =
    wanted["name"] === undefined
      ? []
      : [{ path: [...at, "name"], at: "key", says: "a policy of a pack keeps its name, by which it is found" }];
  // Where every alert stands alone, what the pack says of groups has no meaning.
  const { group_by: _, clear: __, collapse: ___, ...alone } = policy;
  const whole = { ...(wanted["one_per_alert"] === true ? alone : policy), ...wanted, name: policy.name };
  const inFile = (path: Path): Path => [...at, ...path.slice(2)];
  const { shape, problems } = checkShape(PolicyShape, whole, at);
  const finer = policyProblems([whole], destinations, (path) => written(inFile(path)));
  const moved = finer.map((problem) => ({ ...problem, path: inFile(problem.path) }));
  return { shape, problems: [...renamed, ...problems, ...moved] };
}

const read = new Map<PackName, readonly PackPolicy[]>();

/** As they are shipped, in their order. */
export function packNamed(name: PackName): readonly PackPolicy[] {
  const known = read.get(name);
  if (known !== undefined) return known;
  const path = fileURLToPath(new URL(`../../packs/${name}/policies.yaml`, import.meta.url));
  const parsed = parseConfigDocument(readFileSync(path, "utf8"));
  if (parsed.kind === "broken") throw new Error(`${path}:${parsed.problems[0]?.line}: ${parsed.problems[0]?.says}`);
  const { policies } = parsed.document.value as { readonly policies: readonly PackPolicy[] };
  read.set(name, policies);
  return policies;
}
