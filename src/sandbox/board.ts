// What the stand-ins hold: the channel's messages and the project's tickets, the latest of each.
import type { Draft } from "./jira-ticket.ts";
import type { Part } from "./slack-message.ts";

export interface Message {
  readonly seq: number;
  readonly at: number;
  readonly parts: readonly Part[];
}

export interface Ticket extends Draft {
  readonly seq: number;
  readonly at: number;
  readonly key: string;
}

export interface Totals {
  readonly alertsFed: number;
  readonly messages: number;
  readonly tickets: number;
  readonly slackTooFast: number;
  readonly failedRuns: number;
  readonly lastFailedRun: string | null;
  readonly lastEvent: { readonly at: number; readonly what: string } | null;
}

export interface Board {
  post(parts: readonly Part[]): void;
  create(draft: Draft): void;
  noteTooFast(): void;
  noteFailedRun(error: string): void;
  totals(): Totals;
  /** Oldest first; `after` leaves out what a page has already. */
  messages(after: number): readonly Message[];
  tickets(after: number): readonly Ticket[];
  /** Settles at the next change, when the time is over or when the signal aborts. */
  changed(signal: AbortSignal, withinMs: number): Promise<void>;
}

const KEPT = 200;

export interface BoardOptions {
  readonly now: () => number;
  readonly alertsFed: () => number;
}

export function createBoard({ now, alertsFed }: BoardOptions): Board {
  const messages: Message[] = [];
  const tickets: Ticket[] = [];
  const waiting = new Set<() => void>();
  let seq = 0;
  let totals = { messages: 0, tickets: 0, slackTooFast: 0, failedRuns: 0 };
  let lastFailedRun: string | null = null;
  let lastEvent: Totals["lastEvent"] = null;

  function change(what: string, counted: Partial<typeof totals>): void {
    totals = { ...totals, ...counted };
    lastEvent = { at: now(), what };
    for (const wake of waiting) wake();
  }

  function changed(signal: AbortSignal, withinMs: number): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(wake, withinMs);
      waiting.add(wake);
      signal.addEventListener("abort", wake);
      function wake(): void {
        clearTimeout(timer);
        waiting.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      }
    });
  }

  return {
    post(parts) {
      keep(messages, { seq: ++seq, at: now(), parts });
      change("a message in #security-alerts", { messages: totals.messages + 1 });
    },
    create(draft) {
      const key = `SEC-${totals.tickets + 1}`;
      keep(tickets, { seq: ++seq, at: now(), key, ...draft });
      change(`ticket ${key}`, { tickets: totals.tickets + 1 });
    },
    noteTooFast() {
      change("Slack asked for a slower pace (429)", { slackTooFast: totals.slackTooFast + 1 });
    },
    noteFailedRun(error) {
      lastFailedRun = error;
      change("the Jira rule failed", { failedRuns: totals.failedRuns + 1 });
    },
    totals: () => ({ alertsFed: alertsFed(), ...totals, lastFailedRun, lastEvent }),
    messages: (after) => messages.filter((message) => message.seq > after),
    tickets: (after) => tickets.filter((ticket) => ticket.seq > after),
    changed,
  };
}

function keep<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > KEPT) list.shift();
}
