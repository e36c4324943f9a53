import { stringify } from "yaml";
import { z } from "zod";
import { didYouMean } from "./nearest.ts";
import { isKeyForLater, NOT_BUILT_YET } from "./not-built-yet.ts";
import type { Path, Problem } from "./problem.ts";

/**
 * Checks a value against a part's schema and says in our words what is wrong with it. A schema's own messages stand
 * as they are; an example in its `meta` is shown. Values are never repeated: one of them may be a secret.
 */
export function checkShape<Shape>(
  schema: z.ZodType<Shape>,
  value: unknown,
  path: Path,
): { readonly shape: Shape | null; readonly problems: readonly Problem[] } {
  const result = schema.safeParse(value, { error: wordingOf, reportInput: true });
  if (result.success) return { shape: result.data, problems: [] };
  return { shape: null, problems: result.error.issues.flatMap((issue) => problemsOf(issue, path)) };
}

/** Stands for "look into the branches"; a union with a message of its own has another. */
const UNION = "\u0000union";

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

function wordingOf(issue: RawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return `is missing${exampleOf(issue)}`;
      if (issue.input === null) return `is empty${exampleOf(issue)}`;
      return `expected ${KINDS[issue.expected] ?? issue.expected}${exampleOf(issue)}`;
    case "invalid_value": {
      if (issue.input === undefined) return `is missing. One of: ${issue.values.join(", ")}`;
      const names = issue.values.map(String);
      const meant = typeof issue.input === "string" ? didYouMean(issue.input, names) : "";
      return `expected one of ${names.join(", ")}${meant}`;
    }
    case "too_small":
      return `too ${SMALL[issue.origin] ?? "small"}: at least ${String(issue.minimum)}`;
    case "too_big":
      return `too ${BIG[issue.origin] ?? "large"}: at most ${String(issue.maximum)}`;
    case "invalid_format":
      if (issue.format === "url") return `not a URL${exampleOf(issue) || ". Example: https://example.com/path"}`;
      if (issue.format === "email") return `not an e-mail address${exampleOf(issue)}`;
      return `not in the form that is expected here${exampleOf(issue)}`;
    case "unrecognized_keys":
      // The names that are known; `problemsOf` makes a sentence for each key out of them.
      return issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape).join(" ") : "";
    case "invalid_union":
      return UNION;
    case "not_multiple_of":
      return `expected a multiple of ${String(issue.divisor)}`;
    case "invalid_key":
    case "invalid_element":
    case "custom":
      return `not valid here${exampleOf(issue)}`;
  }
}

function problemsOf(issue: z.core.$ZodIssue, before: Path): readonly Problem[] {
  const path = [...before, ...issue.path.filter((step) => typeof step !== "symbol")];
  if (issue.code === "unrecognized_keys") {
    const known = issue.message.split(" ").filter((name) => name !== "");
    return issue.keys.map((key) => ({ path: [...path, key], at: "key", says: unknownKey(path, key, known) }));
  }
  if (issue.code === "invalid_union" && issue.message === UNION) return problemsOfUnion(issue, path);
  return [{ path, at: isMissing(issue) ? "key" : "value", says: issue.message }];
}

function unknownKey(path: Path, key: string, known: readonly string[]): string {
  if (isKeyForLater(path, key)) return NOT_BUILT_YET;
  if (key === "<<") return "maps are not merged here. Write it out, or refer to a whole value (*name)";
  const meant = didYouMean(key, known);
  if (meant !== "") return `unknown key${meant}`;
  return known.length === 0 ? "unknown key" : `unknown key. Known here: ${known.join(", ")}`;
}

/** The mistakes within the branch that was meant, where its kind of value tells which one that is. */
function problemsOfUnion(issue: z.core.$ZodIssueInvalidUnion, path: Path): readonly Problem[] {
  const meant = issue.errors.filter((branch) => !branch.some((each) => isOfOtherKind(each)));
  const [only] = meant;
  if (only !== undefined && meant.length === 1) return only.flatMap((each) => problemsOf(each, path));
  const kinds = issue.errors
    .flat()
    .flatMap((each) => (isOfOtherKind(each) ? (KINDS[each.expected] ?? each.expected) : []));
  const says = issue.input === undefined ? "is missing" : `expected ${[...new Set(kinds)].join(" or ")}`;
  return [{ path, at: issue.input === undefined ? "key" : "value", says }];
}

function isOfOtherKind(issue: z.core.$ZodIssue): issue is z.core.$ZodIssueInvalidType {
  return issue.code === "invalid_type" && issue.path.length === 0;
}

function isMissing(issue: z.core.$ZodIssue): boolean {
  return issue.input === undefined || issue.input === null;
}

function exampleOf(issue: RawIssue): string {
  if (!(issue.inst instanceof z.ZodType)) return "";
  const examples = z.globalRegistry.get(issue.inst)?.["examples"];
  const example: unknown = Array.isArray(examples) ? examples[0] : undefined;
  return example === undefined ? "" : `. Example: ${stringify(example, { collectionStyle: "flow" }).trim()}`;
}

const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  record: "a map",
  null: "nothing",
  nonoptional: "a value",
};
const SMALL: Readonly<Record<string, string>> = { string: "short", array: "few" };
const BIG: Readonly<Record<string, string>> = { string: "long", array: "many" };
