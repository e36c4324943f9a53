import { expect, test } from "vitest";
import { ask, cloudSite, dataCenterSite, documentOf, make, noon, type Asked } from "./ask.ts";
import type { FakeJira } from "./jira.ts";
import { classicWorkflow } from "./workflow.ts";

const mark = { key: "riposte", value: { mark: "rp-1" } };

function comment(jira: FakeJira, key: string, text: string, properties: unknown[] = []) {
  const body = jira.site.deployment === "Cloud" ? documentOf(text) : text;
  return ask(jira, "POST", `/issue/${key}/comment`, { body: { body, properties } });
}

test.each([
  ["Cloud", cloudSite()],
  ["Data Center", dataCenterSite()],
])("a comment on %s carries a property, which is told to whoever asks", (_, jira) => {
  const key = make(jira);

  const made = comment(jira, key, "It escalated", [mark]);
  const plain = ask(jira, "GET", `/issue/${key}/comment`);
  const expanded = ask(jira, "GET", `/issue/${key}/comment?expand=properties`);

  expect(made.status).toBe(201);
  expect(plain.json?.["comments"]).not.toMatchObject([{ properties: expect.anything() as unknown }]);
  expect(expanded.json).toMatchObject({ startAt: 0, total: 1, comments: [{ properties: [mark] }] });
});

test("comments come in pages, in either order", () => {
  const jira = cloudSite();
  const key = make(jira);
  for (let n = 0; n < 5; n += 1) comment(jira, key, `no. ${n}`);
  const ids = (query: string) => {
    const { json } = ask(jira, "GET", `/issue/${key}/comment?${query}`);
    return (json?.["comments"] as { id: string }[] | undefined)?.map(({ id }) => Number(id) - 20_001);
  };

  expect(ids("startAt=2&maxResults=2")).toEqual([3, 4]);
  expect(ids("orderBy=-created&maxResults=2")).toEqual([5, 4]);
});

test("a comment is edited, read alone, and deleted once", () => {
  const jira = cloudSite();
  const key = make(jira);
  const id = String(comment(jira, key, "It escalated", [mark]).json?.["id"]);
  const path = `/issue/${key}/comment/${id}`;

  ask(jira, "PUT", path, { body: { body: documentOf("It calmed down") } });
  const read = ask(jira, "GET", `${path}?expand=properties`);
  const property = ask(jira, "GET", `/comment/${id}/properties/riposte`);
  const deleted = [ask(jira, "DELETE", path).status, ask(jira, "DELETE", path).status];

  expect(read.json).toMatchObject({ body: documentOf("It calmed down"), properties: [mark] });
  expect(property.json).toEqual(mark);
  expect(deleted).toEqual([204, 404]);
  expect(jira.issue(key).comments).toEqual([]);
});

test.each<[string, unknown, string]>([
  ["no body", undefined, "Comment body can not be empty!"],
  ["text where a document is due", "text", "Comment body is not valid!"],
  ["a document that is none", documentOf(""), "INVALID_INPUT"],
  ["a body of 32,768", documentOf("c".repeat(32_768)), "CONTENT_LIMIT_EXCEEDED"],
])("a comment with %s is refused", (_, body, says) => {
  const jira = cloudSite();
  const key = make(jira);

  const told = ask(jira, "POST", `/issue/${key}/comment`, { body: { body } });

  expect([told.status, told.json]).toEqual([400, { errorMessages: [], errors: { comment: says } }]);
  expect(jira.issue(key).comments).toEqual([]);
});

test("a transition is made from the status where it begins, and from no other", () => {
  const jira = cloudSite();
  const key = make(jira);
  const names = () =>
    (ask(jira, "GET", `/issue/${key}/transitions`).json?.["transitions"] as { name: string }[] | undefined)?.map(
      ({ name }) => name,
    );
  const go = (id: string, more: object = {}) =>
    ask(jira, "POST", `/issue/${key}/transitions`, { body: { transition: { id }, ...more }, nowMs: noon + 5_000 });

  expect(names()).toEqual(["Start", "Done"]);
  expect(go("31", { fields: { resolution: { name: "False Positive" } } }).status).toBe(204);
  expect(jira.issue(key)).toMatchObject({ isDone: true, resolution: "False Positive", resolvedAt: noon + 5_000 });
  expect(names()).toEqual(["Reopen"]);
  expect(go("31").json).toEqual({ errorMessages: ["Transition id '31' is not valid for this issue."], errors: {} });
  expect(go("41").status).toBe(204);
  expect(jira.issue(key)).toMatchObject({ isDone: false, resolution: null, resolvedAt: null });
});

test("the classic workflow demands a resolution, and has two ways of one name", () => {
  const jira = dataCenterSite({ projects: [{ key: "SEC", workflow: classicWorkflow }] });
  const key = make(jira);
  const go = (body: object) => ask(jira, "POST", `/issue/${key}/transitions`, { body });
  const screen = ask(jira, "GET", `/issue/${key}/transitions?expand=transitions.fields&transitionId=5`);

  const told = [
    go({ transition: { id: "5" } }),
    go({ transition: { id: "5" }, fields: { resolution: { name: "Gone" } } }),
    go({ transition: { id: "5" }, fields: { summary: "Other" } }),
    go({ transition: { id: "5" }, fields: { resolution: { name: "Won't Fix" } } }),
    go({ transition: { id: "701" } }),
  ];

  expect(screen.json).toMatchObject({ transitions: [{ fields: { resolution: { required: true } } }] });
  expect(told.map(({ status, json }) => [status, json?.["errors"]])).toEqual([
    [400, { resolution: "Resolution is required." }],
    [400, { resolution: "Resolution name 'Gone' is not valid" }],
    [400, { summary: "Field 'summary' cannot be set. It is not on the appropriate screen, or unknown." }],
    [204, undefined],
    [204, undefined],
  ]);
  expect(jira.issue(key)).toMatchObject({ status: { name: "Closed" }, resolution: "Won't Fix" });
});

test("a link shows on both sides, the same one once only", () => {
  const jira = cloudSite();
  const [twin, kept] = [make(jira), make(jira)];
  const link = { type: { name: "Duplicate" }, inwardIssue: { key: twin }, outwardIssue: { key: kept } };

  const first = ask(jira, "POST", "/issueLink", { body: link });
  const again = ask(jira, "PUT", `/issue/${twin}`, {
    body: { update: { issuelinks: [{ add: { type: { name: "Duplicate" }, outwardIssue: { key: kept } } }] } },
  });
  const wrong = ask(jira, "POST", "/issueLink", { body: { ...link, type: { name: "Cousin" } } });

  expect([first.status, again.status, wrong.status]).toEqual([201, 204, 404]);
  expect(ask(jira, "GET", `/issue/${twin}?fields=issuelinks`).json).toMatchObject({
    fields: { issuelinks: [{ type: { outward: "duplicates" }, outwardIssue: { key: kept } }] },
  });
  expect(ask(jira, "GET", `/issue/${kept}?fields=issuelinks`).json).toMatchObject({
    fields: { issuelinks: [{ inwardIssue: { key: twin } }] },
  });
});

function upload(content: string, headers: Record<string, string> = { "x-atlassian-token": "no-check" }): Asked {
  const body =
    `--cut\r\nContent-Disposition: form-data; name="file"; filename="alerts.jsonl"\r\n` +
    `Content-Type: application/jsonl\r\n\r\n${content}\r\n--cut--\r\n`;
  return { body, headers: { "content-type": "multipart/form-data; boundary=cut", ...headers } };
}

test("a file is attached as it was sent, twice if it is sent twice", () => {
  const jira = cloudSite();
  const key = make(jira);

  const first = ask(jira, "POST", `/issue/${key}/attachments`, upload('{"a":1}\n{"a":"ü"}'));
  ask(jira, "POST", `/issue/${key}/attachments`, upload("again"));

  expect([first.status, JSON.parse(first.body)]).toMatchObject([200, [{ filename: "alerts.jsonl", size: 18 }]]);
  expect(jira.issue(key).attachments.map(({ content }) => content)).toEqual(['{"a":1}\n{"a":"ü"}', "again"]);
});

test("a file without the header against forgery, or over the limit, is not attached", () => {
  const jira = cloudSite({ maxAttachmentBytes: 10 });
  const key = make(jira);

  const unsigned = ask(jira, "POST", `/issue/${key}/attachments`, upload("small", {}));
  const large = ask(jira, "POST", `/issue/${key}/attachments`, upload("eleven byte"));

  expect([unsigned.status, unsigned.body, large.status]).toEqual([403, "XSRF check failed", 413]);
  expect(ask(jira, "GET", "/attachment/meta").json).toEqual({ enabled: true, uploadLimit: 10 });
  expect(jira.issue(key).attachments).toEqual([]);
});
