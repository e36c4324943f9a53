// Stand-ins for Slack and Jira with the habits that matter to a sender, and the page that shows what they received.
import { randomBytes } from "node:crypto";
import { Hono } from "hono";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { streamSSE } from "hono/streaming";
import { createBoard } from "./board.ts";
import type { Board } from "./board.ts";
import { runRule } from "./jira-ticket.ts";
import { createPace } from "./pace.ts";
import { contentSecurityPolicy, page } from "./page.ts";
import { readMessage } from "./slack-message.ts";

export const SLACK_PATH = "/slack/services/SANDBOX";
export const JIRA_PATH = "/jira/automation";

const MOST_BODY_BYTES = 1024 * 1024;
const OWN_HOSTS: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

export interface VendorOptions {
  /** What `X-Automation-Webhook-Token` must be. */
  readonly jiraToken: string;
  readonly now?: () => number;
  /** How many alerts the feeder has written, for the page. */
  readonly alertsFed?: () => number;
  /** That number changes without a word, so an open page has it looked at this often. */
  readonly lookAgainMs?: number;
}

export function createVendors(options: VendorOptions): Hono {
  const { jiraToken, now = Date.now, alertsFed = () => 0, lookAgainMs = 1_000 } = options;
  const board = createBoard({ now, alertsFed });
  const mayPost = createPace(now);
  const app = new Hono();

  // Another site's page may resolve its own name to this machine; it must not read what is here under that name.
  app.use(async (context, next) => {
    if (!OWN_HOSTS.has(new URL(context.req.url).hostname)) return context.text("not this host", 403);
    return next();
  });
  app.use(bodyLimit({ maxSize: MOST_BODY_BYTES, onError: (context) => context.text("too large", 413) }));

  app.post(SLACK_PATH, async (context) => {
    if (!mayPost()) {
      board.noteTooFast();
      return context.text("rate_limited", 429, { "Retry-After": "1" });
    }
    const reading = readMessage(await slackBody(context));
    if (reading.kind === "refused") return context.text(reading.error, 400);
    board.post(reading.parts);
    return context.text("ok");
  });
  app.all("/slack/services/*", (context) => context.text("no_service", 404));

  app.post(JIRA_PATH, async (context) => {
    if (context.req.header("X-Automation-Webhook-Token") !== jiraToken)
      return context.json({ error: "Unauthorized" }, 401);
    const run = runRule(parsed(await context.req.text()));
    if (run.kind === "created") board.create(run.draft);
    else board.noteFailedRun(run.error);
    // The answer comes before the rule has run, so it is the same for both and names no issue.
    return context.json({});
  });

  app.get("/api/state", (context) =>
    context.json({ totals: board.totals(), messages: board.messages(0), tickets: board.tickets(0) }),
  );
  app.get("/events", (context) => follow(context, board, lookAgainMs));
  app.get("/", (context) => {
    const nonce = randomBytes(16).toString("base64");
    return context.html(page(nonce), 200, {
      "Content-Security-Policy": contentSecurityPolicy(nonce),
      "Referrer-Policy": "no-referrer",
      "X-Content-Type-Options": "nosniff",
      "Cache-Control": "no-store",
    });
  });
  return app;
}

/** Everything at first, then what is new; a page that lost the line starts again with everything. */
function follow(context: Context, board: Board, lookAgainMs: number): Response {
  return streamSSE(context, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    let seen = 0;
    let told = "";
    for (let whole = true; !gone.signal.aborted; whole = false) {
      const messages = board.messages(seen);
      const tickets = board.tickets(seen);
      const totals = board.totals();
      if (whole || messages.length + tickets.length > 0 || told !== JSON.stringify(totals)) {
        await stream.writeSSE({ event: "board", data: JSON.stringify({ whole, totals, messages, tickets }) });
      }
      seen = Math.max(seen, messages.at(-1)?.seq ?? 0, tickets.at(-1)?.seq ?? 0);
      told = JSON.stringify(totals);
      await board.changed(gone.signal, lookAgainMs);
    }
  });
}

/** JSON, or the older form with one field `payload`. */
async function slackBody(context: Context): Promise<unknown> {
  const text = await context.req.text();
  const type = context.req.header("Content-Type") ?? "";
  if (!type.startsWith("application/x-www-form-urlencoded")) return parsed(text);
  return parsed(new URLSearchParams(text).get("payload") ?? "");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
