import { parseNamed } from "./field-value.ts";
import type { FieldValue, JiraIssue, Named } from "./issue.ts";
import { addLink } from "./link-write.ts";
import { apply, openIssue } from "./issues.ts";
import type { JiraSite } from "./site.ts";
import { passThrough } from "./transitions.ts";
import { statusNamed } from "./workflow.ts";

/** A site in which others work meanwhile, in their browsers; what they can't do throws, since then the test is wrong. */
export class JiraWithPeople {
  readonly site: JiraSite;

  constructor(site: JiraSite) {
    this.site = site;
  }

  createByPerson(projectKey: string, given: PersonsIssue, nowMs: number): JiraIssue {
    const project = this.#project(projectKey);
    const type = project.issueTypes[0];
    if (type === undefined) throw new Error(`${projectKey} has no issue type`);
    const values = new Map<string, FieldValue>([["summary", given.summary]]);
    if (given.labels !== undefined) values.set("labels", given.labels);
    if (given.description !== undefined) {
      values.set("description", { kind: "rich", text: { kind: "wiki", text: given.description } });
    }
    const issue = openIssue(this.site, project, type, { values }, this.site.person, nowMs);
    issue.hidden = given.hidden ?? false;
    return issue;
  }

  /** Under a new key and in another project; id and old key go on answering. Gives the new key. */
  moveByPerson(idOrKey: string, projectKey: string, nowMs: number): string {
    const issue = this.#live(idOrKey);
    this.site.move(issue, this.#project(projectKey), nowMs);
    return issue.key;
  }

  deleteByPerson(idOrKey: string, nowMs: number): void {
    this.#live(idOrKey).deletedAt = nowMs;
  }

  /** To the first status that is done, whatever the workflow says: administrators can. */
  closeByPerson(idOrKey: string, resolution: string | null, nowMs: number): void {
    const issue = this.#live(idOrKey);
    const done = issue.project.workflow.statuses.find(({ category }) => category === "done");
    if (done === undefined) throw new Error(`the workflow of ${issue.key} never ends`);
    const values = new Map<string, FieldValue>([
      ["resolution", resolution === null ? null : { kind: "named", named: this.#resolution(resolution) }],
    ]);
    const transition = { id: "0", name: "by hand", from: null, to: done.name, screen: [] };
    passThrough(this.site, issue, transition, { values }, this.site.person, nowMs);
  }

  /** To any status, as by dragging a card. */
  setStatusByPerson(idOrKey: string, status: string, nowMs: number): void {
    const issue = this.#live(idOrKey);
    const to = statusNamed(issue.project.workflow, status);
    const resolution = to.category === "done" ? {} : { resolution: null };
    const transition = { id: "0", name: "by hand", from: null, to: to.name, screen: [], ...resolution };
    passThrough(this.site, issue, transition, { values: new Map() }, this.site.person, nowMs);
  }

  /** As people merge in Jira: the one is closed as a duplicate of the other and linked to it. */
  mergeByPerson(idOrKey: string, intoIdOrKey: string, nowMs: number): void {
    const [issue, into] = [this.#live(idOrKey), this.#live(intoIdOrKey)];
    const type = this.site.linkTypes.find(({ name }) => name === "Duplicate");
    if (type === undefined) throw new Error("there is no link for duplicates");
    addLink(this.site, { type, inward: issue, outward: into }, null, nowMs);
    this.closeByPerson(issue.id, "Duplicate", nowMs);
  }

  editByPerson(idOrKey: string, given: Partial<Omit<PersonsIssue, "hidden">>, nowMs: number): void {
    const values = new Map<string, FieldValue>();
    if (given.summary !== undefined) values.set("summary", given.summary);
    if (given.labels !== undefined) values.set("labels", given.labels);
    if (given.description !== undefined) {
      values.set("description", { kind: "rich", text: { kind: "wiki", text: given.description } });
    }
    apply(this.site, this.#live(idOrKey), { values }, this.site.person, nowMs);
  }

  commentByPerson(idOrKey: string, text: string, nowMs: number): void {
    const issue = this.#live(idOrKey);
    issue.comments.push({
      id: this.site.nextId(),
      author: this.site.person,
      body: { kind: "wiki", text },
      createdAt: nowMs,
      updatedAt: nowMs,
      properties: new Map(),
    });
    this.site.touch(issue, nowMs);
  }

  /** Behind a security level where our account can't see it. */
  hideByPerson(idOrKey: string): void {
    this.#live(idOrKey).hidden = true;
  }

  archiveByPerson(idOrKey: string): void {
    this.#live(idOrKey).archived = true;
  }

  /** How long the search knows nothing of this issue's changes, from the first on. */
  lagIndex(idOrKey: string, lagMs: number): void {
    this.issue(idOrKey).indexLagMs = lagMs;
  }

  /** By id, key or former key; also one that is deleted. Throws if there never was one. */
  issue(idOrKey: string): JiraIssue {
    const issue = this.site.find(idOrKey);
    if (issue === undefined) throw new Error(`there never was an issue ${idOrKey}`);
    return issue;
  }

  #live(idOrKey: string): JiraIssue {
    const issue = this.issue(idOrKey);
    if (issue.deletedAt !== null) throw new Error(`${idOrKey} is deleted`);
    return issue;
  }

  #project(key: string) {
    const project = this.site.project(key);
    if (project === undefined) throw new Error(`there is no project ${key}`);
    return project;
  }

  #resolution(name: string): Named {
    const parsed = parseNamed("Resolution", this.site.resolutions, { name });
    if ("error" in parsed || parsed.value === null || typeof parsed.value !== "object") {
      throw new Error(`there is no resolution ${name}`);
    }
    if (!("kind" in parsed.value) || parsed.value.kind !== "named") throw new Error("a resolution is a name");
    return parsed.value.named;
  }
}

export interface PersonsIssue {
  readonly summary: string;
  readonly labels?: readonly string[];
  readonly description?: string;
  readonly hidden?: boolean;
}
