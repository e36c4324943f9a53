import { MINUTE_MS, type Instant } from "../../src/core/time.ts";
import type { JiraIssue } from "../fakes/jira/issue.ts";
import { between, pick, type Chance } from "./chance.ts";
import { incidentOf } from "./jira-ticket.ts";
import type { World } from "./world.ts";

export const DEEDS = ["moves", "closes", "won't fix", "takes up", "reopens", "deletes", "comments", "creates"] as const;

/** What somebody did in Jira with an issue, ours or his own. */
export interface Deed {
  readonly at: Instant;
  readonly kind: (typeof DEEDS)[number];
  readonly issue: string;
  /** Whose ticket it was then; null: nobody's of ours, or put away. */
  readonly incident: number | null;
}

/** Keys that nobody will see again: more than one batch of a look has none between two of ours. */
const GAP_MOST = 150;
const BIG_GAPS = 0.2;
/** A copy in another project is found by the search alone, which must know of it before nobody looks any more. */
const MOVED_LAG_MS = 10 * MINUTE_MS;

/** Those who work in Jira: they make issues of their own, and do with ours what they like. */
export function startJiraPeople(world: World, endAt: Instant): void {
  const { time } = world;
  const chance = world.chance("jira people");
  const next = (): void => {
    if (time.now >= endAt) return;
    const deed = doSomething(world, chance, pick(chance, [...DEEDS, "creates", "comments"] as const));
    if (deed !== null) {
      world.deeds.push(deed);
      world.reach(`in jira somebody ${deed.kind}`);
    }
    time.after(between(chance, 20_000, 3 * MINUTE_MS), next);
  };
  time.after(between(chance, 20_000, 3 * MINUTE_MS), next);
}

function doSomething(world: World, chance: Chance, kind: Deed["kind"]): Deed | null {
  const { jira } = world.vendors;
  const { now } = world.time;
  if (kind === "creates") {
    const project = jira.site.project("SEC")!;
    project.lastNumber += chance() < BIG_GAPS ? between(chance, 20, GAP_MOST) : between(chance, 0, 3);
    const { id } = jira.createByPerson("SEC", { summary: "Somebody's own" }, now);
    return { at: now, kind, issue: id, incident: null };
  }
  const fit = jira.issues.filter((issue) => isOurs(issue, jira.site.me.id) && suits(issue, kind));
  if (fit.length === 0) return null;
  const issue = pick(chance, fit)!;
  const { id } = issue;
  const incident = incidentOf(issue);
  switch (kind) {
    case "moves":
      jira.lagIndex(id, Math.min(jira.issue(id).indexLagMs ?? 0, MOVED_LAG_MS));
      jira.moveByPerson(id, "OPS", now);
      break;
    case "closes":
      jira.closeByPerson(id, "Done", now);
      break;
    case "won't fix":
      jira.closeByPerson(id, "Won't Fix", now);
      break;
    case "takes up":
      jira.setStatusByPerson(id, "In Progress", now);
      break;
    case "reopens":
      jira.setStatusByPerson(id, "To Do", now);
      break;
    case "deletes":
      jira.deleteByPerson(id, now);
      break;
    case "comments":
      jira.commentByPerson(id, "looked at it", now);
      break;
  }
  return { at: now, kind, issue: id, incident };
}

function isOurs({ creator, deletedAt }: JiraIssue, me: string): boolean {
  return creator.id === me && deletedAt === null;
}

function suits({ project, status, isDone }: JiraIssue, kind: Deed["kind"]): boolean {
  switch (kind) {
    case "moves":
      return project.key === "SEC";
    case "closes":
    case "won't fix":
      return !isDone;
    case "takes up":
      return status.category === "new";
    case "reopens":
      return isDone;
    case "deletes":
    case "comments":
    case "creates":
      return true;
  }
}
