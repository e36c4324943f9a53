import { expect, test } from "vitest";
import { ask, cloudSite, make, noon } from "./ask.ts";

test("an issue that was moved answers under its id and both keys, and tells the new one", () => {
  const jira = cloudSite({ indexLagMs: 0 });
  const key = make(jira);
  const { id } = jira.issue(key);

  expect(jira.moveByPerson(key, "OPS", noon)).toBe("OPS-1");

  for (const name of [id, "SEC-41", "OPS-1"])
    expect(ask(jira, "GET", `/issue/${name}`).json).toMatchObject({ id, key: "OPS-1" });
  const bulk = ask(jira, "POST", "/issue/bulkfetch", { body: { issueIdsOrKeys: ["SEC-41"], fields: ["labels"] } });
  expect(bulk.json).toMatchObject({ issues: [{ id, key: "OPS-1" }] });
  expect(ask(jira, "POST", "/search/jql", { body: { jql: "project = SEC" } }).json).toMatchObject({ issues: [] });
  expect(make(jira)).toBe("SEC-42");
});

test("an issue moved to where we may not look is not there for us", () => {
  const jira = cloudSite({ projects: [{ key: "SEC" }, { key: "HR", permissions: [] }] });
  const key = make(jira);

  jira.moveByPerson(key, "HR", noon);

  expect(ask(jira, "GET", `/issue/${jira.issue(key).id}`).status).toBe(404);
  expect(jira.liveIssues()).toHaveLength(1);
});

test("one closed by a person has their resolution and is no longer live", () => {
  const jira = cloudSite();
  const key = make(jira);

  jira.closeByPerson(key, "Won't Fix", noon);

  expect(ask(jira, "GET", `/issue/${key}`).json).toMatchObject({
    fields: { status: { statusCategory: { key: "done" } }, resolution: { name: "Won't Fix" } },
  });
  expect(jira.liveIssues()).toEqual([]);
  jira.setStatusByPerson(key, "In Progress", noon);
  expect(jira.issue(key)).toMatchObject({ isLive: true, resolution: null });
});

test("one that was merged is closed as a duplicate and linked to the other", () => {
  const jira = cloudSite();
  const [key, into] = [make(jira), make(jira)];

  jira.mergeByPerson(key, into, noon);

  expect(jira.issue(key)).toMatchObject({ resolution: "Duplicate", isLive: false });
  expect(jira.issue(key).links).toMatchObject([{ type: { name: "Duplicate" }, outward: { key: into } }]);
});

test("one behind a security level is a 404, an archived one can be read and not changed", () => {
  const jira = cloudSite();
  const [hidden, archived] = [make(jira), make(jira)];

  jira.hideByPerson(hidden);
  jira.archiveByPerson(archived);

  expect(ask(jira, "GET", `/issue/${hidden}`).status).toBe(404);
  expect(ask(jira, "GET", `/issue/${archived}`).status).toBe(200);
  expect(ask(jira, "PUT", `/issue/${archived}`, { body: { fields: { summary: "a" } } }).status).toBe(400);
});

test("a person's comment and edit stand beside ours", () => {
  const jira = cloudSite();
  const key = make(jira);

  jira.commentByPerson(key, "Looking at it\nnow", noon);
  jira.editByPerson(key, { summary: "Agent 007 is on leave" }, noon + 1);

  expect(ask(jira, "GET", `/issue/${key}`).json).toMatchObject({
    fields: { summary: "Agent 007 is on leave", comment: { comments: [{ author: { displayName: "Ada Vogel" } }] } },
  });
});

test("what can't be done to an issue is the test's own mistake", () => {
  const jira = cloudSite();
  const key = make(jira);
  jira.deleteByPerson(key, noon);

  expect(() => jira.closeByPerson(key, null, noon)).toThrow("SEC-41 is deleted");
  expect(() => jira.issue("SEC-9")).toThrow("there never was an issue SEC-9");
  expect(() => jira.closeByPerson(make(jira), "Forgotten", noon)).toThrow("no resolution Forgotten");
});
