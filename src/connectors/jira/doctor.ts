import type { Later } from "../../core/outcome.ts";
import { MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import type { Io } from "../connector.ts";
import { readJira } from "./client.ts";
import type { JiraConfig } from "./config.ts";
import { Deployments, type Jira } from "./deployment.ts";
import type { Finding } from "../../core/check-up.ts";
import { bad, diagnose, good } from "./diagnose.ts";
import { CLOCK_DIFFERENCE_MS, span } from "./jira-time.ts";
import { keyedIssues, searchIssues, type SeenIssue } from "./seen-issue.ts";
import { tryTicket, type DoctorTools } from "./try-ticket.ts";

/** Everything that a ticket depends on, one finding each. Only with `write` is anything made over there. */
export async function examine(
  config: JiraConfig,
  { write }: { readonly write: boolean },
  tools: DoctorTools,
): Promise<readonly Finding[]> {
  const findings = [...(await diagnose(config, tools.io()))];
  const isUsable = findings.every(({ ok }) => ok);
  const jira = await new Deployments(config).open(tools.io());
  // What is wrong so far is wrong for these as well.
  if (jira.kind === "later" || !findings.some(({ check, ok }) => check === "account" && ok)) return findings;
  findings.push(await checkClock(jira, tools.io()));
  if (findings.some(({ check, ok }) => check === "project" && !ok)) return findings;
  findings.push(await checkSearch(jira, config, tools.io()));
  if (!write) return findings;
  if (!isUsable)
    return [...findings, { check: "test ticket", ok: false, says: "not made: mend what is wrong above first" }];
  return [...findings, ...(await tryTicket(config, tools))];
}

/** More than this is not yet wrong, but on its way there. */
const CLOCK_WORTH_SAYING_MS = 2 * MINUTE_MS;

async function checkClock(jira: Jira, io: Io): Promise<Finding> {
  const beganAt = io.clock?.now() ?? io.now;
  const read = await readJira(io, jira, "the time", { method: "GET", path: "/serverInfo" });
  if (read.kind !== "read") return bad("clock", read);
  const theirs = Date.parse(read.answer.headers["date"] ?? "");
  if (Number.isNaN(theirs)) return good("clock", "Jira does not say what time it has");
  const ours = (beganAt + (io.clock?.now() ?? io.now)) / 2;
  // A date header has whole seconds, cut.
  const differenceMs = theirs + SECOND_MS / 2 - ours;
  const words = `this machine's clock is ${span(Math.abs(differenceMs))} ${differenceMs < 0 ? "ahead of" : "behind"} Jira's`;
  if (Math.abs(differenceMs) < CLOCK_WORTH_SAYING_MS) return good("clock", words);
  const says = `${words}: set it right, best by NTP. Looks for lost tickets allow for ${span(CLOCK_DIFFERENCE_MS)}`;
  return { check: "clock", ok: false, says };
}

/** Keys above the newest that the search knows, as far as a look at one batch of them shows. */
async function checkSearch(jira: Jira, { project }: JiraConfig, io: Io): Promise<Finding> {
  const check = "search";
  if (!jira.isCloud) return good(check, "Data Center's search is current");
  const known = await searchIssues(jira, { jql: `project = "${project}" ORDER BY key DESC`, most: 1 }, io);
  if ("kind" in known) return bad(check, known);
  const [newest] = known;
  const from = Number(newest?.key.split("-").at(-1) ?? 0);
  const keys = Array.from({ length: 100 }, (_, n) => `${project}-${from + 1 + n}`);
  const beyond: readonly SeenIssue[] | Later = await keyedIssues(jira, keys, io);
  if ("kind" in beyond) return bad(check, beyond);
  const [oldest] = beyond.toSorted((one, other) => one.createdAt - other.createdAt);
  if (oldest === undefined) {
    return good(
      check,
      newest === undefined ? `${project} has no tickets yet` : `it knows all tickets, up to ${newest.key}`,
    );
  }
  const lagMs = Math.max(0, (io.clock?.now() ?? io.now) - oldest.createdAt);
  return good(
    check,
    `it is ${span(lagMs)} late at least: it does not know ${oldest.key} yet. Riposte reads lost tickets by their keys`,
  );
}
