import type { MessagePort } from "node:worker_threads";
import { newsOf, type FromWriter, type ToWriter } from "./wire.ts";
import { Writer, type WriterOptions } from "./writer.ts";

/** Runs a Writer behind a port: takes numbered requests and answers each once. */
export function hostWriter(
  port: MessagePort,
  parts: Omit<WriterOptions, "soon" | "committed" | "failedToDraw" | "troubled">,
): void {
  let outbox: FromWriter[] = [];
  const post = (message: FromWriter): void => {
    if (outbox.length === 0) queueMicrotask(flush);
    outbox.push(message);
  };
  const flush = (): void => {
    const messages = outbox;
    outbox = [];
    port.postMessage(messages);
  };
  const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));
  const writer = new Writer({
    ...parts,
    // Everything that has already arrived at the port is handed over before an immediate runs: it shares the commit.
    soon: (turn) => void setImmediate(turn),
    committed(changes) {
      const news = newsOf(changes);
      if (news.moments.length + news.deadLetters.length > 0 || news.retention !== undefined)
        post({ kind: "told", news });
    },
    failedToDraw({ destination, incident }, error) {
      const name = error instanceof Error ? error.constructor.name : typeof error;
      post({ kind: "failed_to_draw", destination, incident, error: name });
    },
    troubled: (error) => post({ kind: "troubled", message: words(error) }),
  });
  const answer = (id: number, value: Promise<Extract<FromWriter, { kind: "answered" }>["value"]>): void => {
    value.then(
      (settled) => post({ kind: "answered", id, value: settled }),
      (error: unknown) => post({ kind: "failed", id, message: words(error) }),
    );
  };
  port.on("message", (messages: readonly ToWriter[]) => {
    for (const message of messages) {
      switch (message.kind) {
        case "submit":
          answer(message.id, writer.submit(message.input));
          break;
        case "follow":
          answer(message.id, done(writer.follow(message.setup)));
          break;
        case "work":
          answer(message.id, done(writer.work((jobs) => post({ kind: "perform", jobs }))));
          break;
        case "rest":
          answer(message.id, done(writer.rest()));
          break;
        case "check":
          answer(message.id, done(writer.check()));
          break;
        case "close":
          answer(message.id, done(writer.close()));
          break;
      }
    }
  });
  port.postMessage([{ kind: "opened" } satisfies FromWriter]);
}

async function done(work: Promise<void>): Promise<null> {
  await work;
  return null;
}
