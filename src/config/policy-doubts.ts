// What policies do to each other: which are never asked, which never open, which never end.
import { implies, partsOf, passesNothing } from "../core/implies.ts";
import type { Condition, Policy } from "../core/policy.ts";
import type { Problem } from "./problem.ts";
import type { Config } from "./schema.ts";

/** Each is compared with all before it; whoever has so many that this takes seconds generates them. */
const COMPARISONS_MOST = 5_000_000;
const NAMED_MOST = 3;

/** Mistakes that no single policy shows. What comes from blocks of ossec.conf stands before and takes nothing away. */
export function policyDoubts({ policies, packs = [] }: Pick<Config, "policies" | "packs">): readonly Problem[] {
  const own = policies.filter(({ terms }) => terms.asIntegratord !== true);
  if (own.reduce((sum, { when }, i) => sum + i * partsOf(when).length, 0) > COMPARISONS_MOST) return [];
  const packed = new Map(packs.flatMap((pack, k) => pack.policies.map((name) => [name, k] as const)));
  const unasked = new Map<string, { readonly pack: number; readonly names: string[]; readonly by: string }>();
  const problems = own.flatMap((policy, i): readonly Problem[] => {
    const before = own.slice(0, i).filter(({ continues }) => !continues);
    const found = doubtsOf(policy, before);
    const pack = packed.get(policy.terms.name);
    if (pack === undefined || found.unasked === null)
      return [
        ...(found.unasked === null
          ? []
          : [
              problem(
                i,
                "when",
                `is never asked: ${found.unasked} take${plural(found.unasked)} all that it would. Put it before, or leave it out`,
              ),
            ]),
        ...found.others.map(({ key, says }) => problem(i, key, says)),
      ];
    const same = unasked.get(`${pack} ${found.unasked}`) ?? { pack, names: [], by: found.unasked };
    same.names.push(policy.terms.name);
    unasked.set(`${pack} ${found.unasked}`, same);
    return [];
  });
  const ofPacks = [...unasked.values()].map(({ pack, names, by }): Problem => {
    const says = `of this pack ${names.join(", ")} ${names.length === 1 ? "is" : "are"} never asked: ${by} take${plural(by)} all that ${names.length === 1 ? "it" : "they"} would. Skip ${names.length === 1 ? "it" : "them"}, or narrow ${by}`;
    return { path: ["use", pack], at: "value", says };
  });
  return [...problems, ...ofPacks, ...unheardPacks(own, packs)];
}

/** Who is told of a pack follows from what kinds of destinations there are. */
function unheardPacks(policies: readonly Policy[], packs: NonNullable<Config["packs"]>): readonly Problem[] {
  const heard = new Set(
    policies.flatMap(({ terms }) => (Object.values(terms.tell).flat().length > 0 ? [terms.name] : [])),
  );
  return packs.flatMap((pack, k): readonly Problem[] => {
    if (pack.policies.length === 0 || pack.policies.some((name) => heard.has(name))) return [];
    const says =
      "nobody hears of this pack: it tells destinations of the types slack and webhook, and of what is critical those of jira. Add one, or name others in tell, under change";
    return [{ path: ["use", k], at: "value", says }];
  });
}

function problem(index: number, key: string, says: string): Problem {
  return { path: ["policies", index, key], at: "key", says };
}

interface Found {
  /** The policies that take all that it would; null: it is asked. */
  readonly unasked: string | null;
  readonly others: readonly { readonly key: "when" | "clear" | "window"; readonly says: string }[];
}

function doubtsOf({ when, clear, after }: Policy, before: readonly Policy[]): Found {
  if (passesNothing(when))
    return {
      unasked: null,
      others: [{ key: "when", says: "no alert can pass it: its tests of one field contradict each other" }],
    };
  const takers = takersOf(when, before);
  if (takers !== null) return { unasked: takers, others: [] };
  const first = after === undefined ? null : takersOf(after, before);
  if (first !== null) {
    const says = `what comes before in the sequence never does: ${first} take${plural(first)} those alerts, and the window can't fill. Put this policy before, or give ${first} continue: true`;
    return { unasked: null, others: [{ key: "window", says }] };
  }
  if (clear === null) return { unasked: null, others: [] };
  const others: { readonly key: "when" | "clear" | "window"; readonly says: string }[] = [];
  const clearTakers = takersOf(clear, before);
  if (passesNothing(clear)) {
    others.push({ key: "clear", says: "no alert can pass it: its tests of one field contradict each other" });
  } else if (clearTakers !== null) {
    const says = `never ends an incident: ${clearTakers} take${plural(clearTakers)} those alerts before. Put this policy before, or give ${clearTakers} continue: true`;
    others.push({ key: "clear", says });
  }
  if (partsOf(when).every((part) => implies(part, clear))) {
    const says = "passes every alert of when, and is asked before it: the policy never opens an incident";
    others.push({ key: "clear", says });
  }
  return { unasked: null, others };
}

/** Those before that together take every alert that the condition passes; null where they don't, as far as can be told. */
function takersOf(condition: Condition, before: readonly Policy[]): string | null {
  const takers = new Set<string>();
  const parts = partsOf(condition);
  if (parts.length === 0) return null;
  for (const part of parts) {
    const taker = before.find(({ when, clear, after }) =>
      [when, ...(clear === null ? [] : [clear]), ...(after === undefined ? [] : [after])].some((taken) =>
        implies(part, taken),
      ),
    );
    if (taker === undefined) return null;
    takers.add(taker.terms.name);
  }
  const names = [...takers];
  if (names.length <= NAMED_MOST) return names.join(" and ");
  return `${names.slice(0, NAMED_MOST).join(", ")} and ${names.length - NAMED_MOST} more`;
}

function plural(names: string): string {
  return names.includes(" and ") ? "" : "s";
}
