import { z } from "zod";
import type { Command, Result } from "../core/input.ts";
import type { DoorContext } from "./caller.ts";
import type { ApiParts } from "./parts.ts";
import { problem, type ProblemCode } from "./problem.ts";

/** What a person's command came to. */
export interface CommandDone {
  readonly done: true;
}

export const CommandAnswer: z.ZodType<CommandDone> = z
  .strictObject({ done: z.literal(true) })
  .meta({ id: "CommandDone", description: "It is committed, and stands in the audit." });

export const COMMAND_REFUSALS: readonly ProblemCode[] = ["conflict", "unavailable"];

/** Hands a person's command to the Writer and answers after the commit; a refusal says why in its detail. */
export async function applyCommand(
  context: DoorContext,
  parts: ApiParts,
  command: Command,
): Promise<CommandDone | Response> {
  const who = context.get("caller").name;
  for (;;) {
    let result: Result;
    try {
      result = await parts.door.submit({ kind: "command", who, command });
    } catch (error) {
      parts.log.error({ err: error, command: command.kind }, "a command could not be committed");
      return problem(context, "unavailable", "the database did not take it, and nothing was changed; the log says why");
    }
    if (typeof result.refused === "string") return problem(context, "conflict", result.refused);
    if (result.more !== true) return { done: true };
  }
}
