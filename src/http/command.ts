import type { Context } from "hono";
import type { Command, Result } from "../core/input.ts";
import type { ApiParts } from "./parts.ts";
import { problem } from "./problem.ts";
import { whoAsks } from "./who.ts";

/** What a person's command came to. */
export interface CommandDone {
  readonly done: true;
}

/** Hands a person's command to the Writer and answers after the commit; a refusal says why in its detail. */
export async function applyCommand(context: Context, parts: ApiParts, command: Command): Promise<Response> {
  const who = whoAsks(context);
  for (;;) {
    let result: Result;
    try {
      result = await parts.door.submit({ kind: "command", who, command });
    } catch (error) {
      parts.log.error({ err: error, command: command.kind }, "a command could not be committed");
      return problem(context, "unavailable", "the database did not take it, and nothing was changed; the log says why");
    }
    if (typeof result.refused === "string") return problem(context, "conflict", result.refused);
    if (result.more !== true) return context.json({ done: true } satisfies CommandDone);
  }
}
