import type { Look } from "../../core/outcome.ts";
import type { Io, Lost } from "../connector.ts";
import { notWhatWasAsked, readJira } from "./client.ts";
import { arrayIn, hasList, memberOf, textIn } from "./members.ts";
import type { Jira } from "./deployment.ts";
import { PROPERTY } from "./issue.ts";
import { CLOCK_DIFFERENCE_MS, instantOf } from "./jira-time.ts";

const PAGE = 50;
const MOST_PAGES = 20;
const PAGE_BYTES = 8 * 1_024 * 1_024;

/** Comments of one ticket are read directly, newest first, down to those that are older than the call. */
export async function findComment(jira: Jira, { mark, receipt, since }: Lost, io: Io): Promise<Look> {
  const anchor = receipt?.remote.anchor ?? null;
  if (receipt === null || anchor === null) return { kind: "absent", evidence: "there is no ticket to look in" };
  const ours: { readonly id: string; readonly createdAt: number }[] = [];
  let read = 0;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = `expand=properties&orderBy=-created&startAt=${read}&maxResults=${PAGE}`;
    const path = `/issue/${encodeURIComponent(anchor)}/comment?${query}`;
    const got = await readJira(io, jira, "the comments of the ticket", {
      method: "GET",
      path,
      maxAnswerBytes: PAGE_BYTES,
    });
    if (got.kind === "later") return got;
    if (got.kind === "missing") return { kind: "absent", evidence: "the ticket is not there any more" };
    if (!hasList(got.json, "comments")) return notWhatWasAsked("the comments of the ticket");
    const comments = arrayIn(got.json, "comments");
    read += comments.length;
    const times = comments.map((comment) => instantOf(textIn(comment, "created")));
    ours.push(
      ...comments.flatMap((comment, n) => {
        const id = textIn(comment, "id");
        return id !== null && markOfComment(comment) === mark ? [{ id, createdAt: times[n] ?? 0 }] : [];
      }),
    );
    const isOld = times.every((at) => at < since - CLOCK_DIFFERENCE_MS);
    if (comments.length < PAGE || isOld) break;
  }
  const [oldest, ...others] = ours.toSorted((a, b) => a.createdAt - b.createdAt || Number(a.id) - Number(b.id));
  if (oldest === undefined) return { kind: "absent", evidence: `not among the newest ${read} comments` };
  return {
    kind: "found",
    remote: receipt.remote,
    others: others.map(({ id }) => `${anchor}/comment/${id}`),
    evidence: `found comment ${oldest.id}${others.length === 0 ? "" : `, and ${others.length} more of it`}`,
  };
}

function markOfComment(comment: unknown): string | null {
  const property = arrayIn(comment, "properties").find((each) => textIn(each, "key") === PROPERTY);
  return textIn(memberOf(property, "value"), "mark");
}
