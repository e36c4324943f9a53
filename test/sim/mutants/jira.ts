import type { Mutant } from "./mutant.ts";

/** Bugs in what is in Jira in the end: twins, comments told twice or never, tickets that people deleted. */
export const JIRA: readonly Mutant[] = [
  {
    name: "a Jira ticket that the search does not know counts as absent",
    invariants: [3, 6],
    file: "src/connectors/jira/find.ts",
    find: `    ours: seen.filter((issue) => mayBeOurs(issue, lost.mark)),
    newest: byAge.slice(0, MOST_RECONCILED).map(({ id }) => id),`,
    replace: `    ours: [],
    newest: [],`,
  },
  {
    name: "a Jira look ends at the first gap of keys",
    invariants: [3, 6],
    file: "src/connectors/jira/find.ts",
    find: "const EMPTY_BATCHES_AT_THE_END = 2;",
    replace: "const EMPTY_BATCHES_AT_THE_END = 0;",
  },
  {
    name: "of two Jira tickets the newer one goes on",
    invariants: [3, 6],
    file: "src/connectors/jira/find.ts",
    find: "return one.createdAt - other.createdAt || Number(one.id) - Number(other.id);",
    replace: "return other.createdAt - one.createdAt || Number(other.id) - Number(one.id);",
  },
  {
    name: "a Jira token that is refused sees that nothing is there",
    invariants: [2, 3, 6],
    file: "src/connectors/jira/issue.ts",
    find: `if (granted.keys.has("BROWSE_PROJECTS")) return null;`,
    replace: `if (granted.keys.size >= 0) return null;`,
  },
  {
    name: "a Jira ticket that people deleted is made again",
    invariants: [3],
    file: "src/connectors/jira/destination.ts",
    find: "        return edit(site, step, config, io);",
    replace: `{
        const edited = await edit(site, step, config, io);
        if (edited.kind !== "never") return edited;
        const ticket = { labels: [], fields: {}, ...(JSON.parse(step.body) as object) };
        return create(site, { ...step, body: JSON.stringify(ticket) }, config, this.#metas, io);
      }`,
  },
  {
    name: "the mark of a Jira comment is not looked for",
    invariants: [3],
    file: "src/connectors/jira/find-comment.ts",
    find: "id !== null && markOfComment(comment) === mark",
    replace: "id !== null && markOfComment(comment) === mark.slice(1)",
  },
  {
    name: "a second copy of a Jira ticket is marked and never closed",
    invariants: [6],
    file: "src/connectors/jira/twins.ts",
    find: 'return step("mark_twin", [`${twin}${MARKED}`, ...rest]);',
    replace: 'return step("mark_twin", rest);',
  },
  {
    name: "what people closed for good in Jira is opened again",
    invariants: [6],
    file: "src/connectors/jira/transition.ts",
    find: "config.respect.some((name) => isSame(name, resolution))",
    replace: "config.respect.some((name) => isSame(name, `${resolution}!`))",
  },
  {
    name: "a Jira ticket stays closed when its incident comes back",
    invariants: [6],
    file: "src/connectors/jira/next.ts",
    find: `  if (wanted === "open" && !picture`,
    replace: `  if (wanted === "open" && picture`,
  },
  {
    name: "a lost transition is made again at once, and its ticket edited, for as long as it may land",
    invariants: [5],
    file: "src/core/settle.ts",
    find: "headDigest: sawAnswer ? plan.headDigest : null,",
    replace: "headDigest: sawAnswer && mayLandUntil === null ? plan.headDigest : null,",
  },
  {
    name: "whoever waits for a kind of call that Jira slowed down is forgotten",
    invariants: [5, 6],
    file: "src/engine/draft.ts",
    find: "const at = Math.min(claim.nextDueAt ?? Infinity, heldUntil ?? Infinity, ...times);",
    replace: "const at = claim.nextDueAt ?? (times.length < 0 ? (heldUntil ?? 0) : Infinity);",
  },
  {
    name: "what was closed in Jira before the incident was opened again resolves it",
    invariants: [9],
    file: "src/engine/survey.ts",
    find: "const ours = Math.max(shown.openedAt ?? 0, shown.movedAt ?? 0);",
    replace: "const ours = 0;",
  },
  {
    name: "Jira Data Center is sent its texts as trees of nodes",
    invariants: [2, 6],
    file: "src/connectors/jira/rich-text.ts",
    find: "return isCloud ? adfOf(blocks)",
    replace: "return isCloud || blocks.length > 0 ? adfOf(blocks)",
  },
  {
    name: "a token with scopes is shown to Jira's site itself",
    invariants: [6],
    file: "src/connectors/jira/deployment.ts",
    find: 'return typeof id === "string" ? `${origin}/ex/jira/${id}` : id;',
    replace: 'return typeof id === "string" && origin !== "" ? access.site : id;',
  },
];
