import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { PAGE_SCRIPT } from "./page-script.ts";
import { page } from "./page.ts";
import { HOSTILE_NAMES } from "./sample/fleet.ts";
import { createVendors } from "./vendors.ts";

/** As much of a document as the page's script uses, with a browser's way of writing text out as HTML. */
class Node {
  readonly tag: string;
  readonly attributes = new Map<string, string>();
  readonly children: (Node | string)[] = [];
  className = "";
  hidden = false;
  readonly style = { setProperty: (name: string, value: string) => this.attributes.set("style", `${name}:${value}`) };
  constructor(tag: string) {
    this.tag = tag;
  }
  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }
  append(child: Node | string): void {
    this.children.push(child);
  }
  prepend(child: Node | string): void {
    this.children.unshift(child);
  }
  replaceChildren(): void {
    this.children.length = 0;
  }
  get childElementCount(): number {
    return this.children.length;
  }
  get lastElementChild(): { remove(): void } {
    return { remove: () => void this.children.pop() };
  }
  get textContent(): string {
    return this.children.map((child) => (typeof child === "string" ? child : child.textContent)).join("");
  }
  set textContent(text: string) {
    this.children.splice(0, Infinity, text);
  }
  get all(): readonly Node[] {
    return [this, ...this.children.flatMap((child) => (typeof child === "string" ? [] : child.all))];
  }
}

function openPage() {
  const nodes = new Map<string, Node>();
  const listeners = new Map<string, (event: { data: string }) => void>();
  const byId = (id: string): Node => {
    if (!page("n").includes(`id="${id}"`)) throw new Error(`the page has no ${id}`);
    const node = nodes.get(id) ?? new Node("div");
    nodes.set(id, node);
    return node;
  };
  const document = {
    getElementById: byId,
    createElement: (tag: string) => new Node(tag),
    createTextNode: (text: string) => text,
  };
  class EventSource {
    addEventListener(name: string, listener: (event: { data: string }) => void): void {
      listeners.set(name, listener);
    }
  }
  runInNewContext(PAGE_SCRIPT, { document, EventSource });
  return { byId, show: (board: object) => listeners.get("board")?.({ data: JSON.stringify(board) }) };
}

async function boardOf(...bodies: readonly object[]): Promise<object> {
  const app = createVendors({ jiraToken: "t" });
  for (const body of bodies) {
    const isTicket = "data" in body;
    const answer = await app.request(isTicket ? "/jira/automation" : "/slack/services/SANDBOX", {
      method: "POST",
      headers: { "X-Automation-Webhook-Token": "t" },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(200);
  }
  return { whole: true, ...((await (await app.request("/api/state")).json()) as object) };
}

const HARMLESS = new Set(
  "a blockquote code dd details div dl dt em h3 hr li p pre s span strong summary time".split(" "),
);

describe("the page", () => {
  test("shows hostile text as text: no element, address or style comes from it", async () => {
    const hostile = [
      "<script>alert(1)</script>",
      "</script><img src=x onerror=alert(1)>",
      "<javascript:alert(1)|press>",
      "<a href=javascript:alert(1)>",
      ...HOSTILE_NAMES,
    ].join(" ");
    const attachment = {
      color: "red;background:url(https://evil.example)",
      pretext: hostile,
      title: hostile,
      title_link: "javascript:alert(1)",
      text: hostile,
      fields: [{ title: hostile, value: hostile }],
      footer: hostile,
    };
    const { byId, show } = openPage();

    show(
      await boardOf(
        { text: hostile },
        { attachments: [attachment] },
        {
          data: {
            summary: hostile.slice(0, 255),
            description: hostile,
            issuetype: { name: hostile },
            [hostile]: { [hostile]: 1 },
          },
        },
      ),
    );

    const shown = [...byId("message-list").all, ...byId("ticket-list").all].slice(1);
    for (const node of shown) {
      expect([...HARMLESS, "div"]).toContain(node.tag);
      for (const [name, value] of node.attributes) {
        expect(["href", "rel", "target", "datetime", "aria-hidden", "style"]).toContain(name);
        if (name === "href") expect(value).toMatch(/^https?:\/\//);
        if (name === "style") expect(value).toMatch(/^--bar:#[0-9a-f]{6}$/);
      }
    }
    expect(byId("ticket-list").textContent).toContain("<script>alert(1)</script>");
    expect(byId("message-list").textContent).toContain("<script>alert(1)</script>");
    expect(byId("message-list").textContent).not.toMatch(/[\u0000-\u0008\u001b\u202e]/);
  });

  test("puts the newest first, keeps two hundred and hides the words for an empty list", async () => {
    const { byId, show } = openPage();
    const board = await boardOf({ text: "one" }, { text: "two" });

    show(board);
    expect(byId("message-list").children.map((node) => (node as Node).textContent.slice(-3))).toEqual(["two", "one"]);
    expect([byId("no-messages").hidden, byId("no-tickets").hidden]).toEqual([true, false]);
    for (let turn = 0; turn < 150; turn++) show({ ...board, whole: false });
    expect(byId("message-list").children).toHaveLength(200);
    show(board);
    expect(byId("message-list").children).toHaveLength(2);
  });

  test("lets nothing run or load but its own script and style", async () => {
    const answer = await createVendors({ jiraToken: "t" }).request("/");
    const policy = answer.headers.get("Content-Security-Policy") ?? "";
    const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1] ?? "none";
    const html = await answer.text();

    expect(policy).toMatch(/^default-src 'none'; /);
    expect(policy).not.toContain("unsafe");
    expect(html.match(/<(script|style)\b[^>]*>/g)).toEqual([`<style nonce="${nonce}">`, `<script nonce="${nonce}">`]);
    expect(html).not.toMatch(/\b(src|href)="(?!#|data:)/);
    expect(html).not.toMatch(/\son\w+=|\sstyle=/);
    expect(PAGE_SCRIPT).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|Function\(/);
  });

  test("takes another nonce for every answer", async () => {
    const app = createVendors({ jiraToken: "t" });
    const policies = [await app.request("/"), await app.request("/")].map(({ headers }) =>
      headers.get("Content-Security-Policy"),
    );
    expect(policies[0]).not.toBe(policies[1]);
  });
});
