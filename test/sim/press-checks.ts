// What came of presses, and whether the chat shows it.
import type { Instant } from "../../src/core/time.ts";
import type { FakeSlackApp } from "../fakes/slack-app/slack-app.ts";
import { copiesOf } from "./chat-checks.ts";
import { hold } from "./checks.ts";
import type { IncidentRow, Rows } from "./rows.ts";
import type { World } from "./world.ts";

/** 13: a press is done at most once, however often it was delivered, and that of who may not is never. */
export function checkPresses(rows: Rows, { pressed }: World): void {
  for (const { who, may } of pressed) {
    const done = rows.all<{ what: string; n: number }>(
      "SELECT what, count(*) AS n FROM audit WHERE who = ? AND what <> 'turned_away' GROUP BY what",
      who,
    );
    hold(14, may || done.length === 0, () => `${who} may not, and did ${done.map(({ what }) => what).join()}`);
    const twice = done.find(({ n }) => Number(n) > 1);
    hold(14, twice === undefined, () => `${who} pressed once, and it was done ${twice?.n} times: ${twice?.what}`);
  }
}

interface Handled extends IncidentRow {
  readonly handling: string | null;
}

interface Ended {
  readonly ends_at: number | null;
}

/** 6, before everything is quiet: who has it, how far its playbook is, and whether it is silenced has long been shown. */
export function checkHandlingShown(rows: Rows, chat: FakeSlackApp, now: Instant, longestWayMs: number): void {
  const settled = rows.all<Handled>(
    `SELECT incident.* FROM incident JOIN receipt ON receipt.incident = incident.id
     WHERE receipt.destination = 'chat' AND receipt.last_done_at < ? AND incident.state IN ('open', 'acknowledged')
       AND collapsed_into = 0
       AND NOT EXISTS (SELECT 1 FROM work WHERE work.incident = incident.id AND work.destination = 'chat'
         AND (state NOT IN ('watched', 'hushed') OR (state = 'hushed' AND due_at <= ?)))`,
    now - longestWayMs,
    now,
  );
  for (const incident of settled) {
    const { id, handling } = incident;
    const copies = copiesOf(chat, id);
    const [message] = copies;
    // What somebody deleted is posted anew with the next news.
    if (message === undefined || copies.some(({ deletedAt }) => deletedAt !== null)) continue;
    const text = chat.textOf(message);
    const known = handling === null ? {} : (JSON.parse(handling) as { handling: Known }).handling;
    const { assignee, ticks = [] } = known;
    const done = ticks.filter(({ isDone }) => isDone).length;
    const shownDone = Number(/Playbook\W+(\d+) of \d+ done/.exec(text)?.[1] ?? 0);
    hold(6, shownDone === done, () => `${done} steps of #${id} have long been done, and the chat says ${shownDone}`);
    const shownHas = /· ([^·]+) has it ·/.exec(text)?.[1];
    hold(6, shownHas === assignee, () => `${assignee} has long had #${id}, and the chat says ${shownHas}`);
    checkSilenceShown(rows, incident, text, now);
  }
}

interface Known {
  readonly assignee?: string;
  readonly ticks?: readonly { readonly isDone: boolean }[];
}

function checkSilenceShown(rows: Rows, { id, opened_at: openedAt }: Handled, text: string, now: Instant): void {
  const own = rows.all<Ended>("SELECT ends_at FROM silence WHERE incident = ? AND opened_at = ?", id, openedAt ?? -1);
  // What ends at this moment may be on its way.
  const isSilenced = own.some(({ ends_at: at }) => at === null || at > now);
  const isShown = /^\W*Silenced\W/m.test(text);
  hold(6, isShown === isSilenced, () => `#${id} is ${isSilenced ? "" : "not "}silenced, and the chat says otherwise`);
}
