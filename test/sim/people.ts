import type { Command } from "../../src/core/input.ts";
import { MINUTE_MS, SECOND_MS } from "../../src/core/time.ts";
import { between, pick, type Chance } from "./chance.ts";
import type { World } from "./world.ts";

export const COMMANDS = ["acknowledge", "resolve", "retry_work", "drop_work", "retry_dead"] as const;

/** Those who answer: every minute or three one of them asks for something, sensible or not. */
export function startPeople(world: World, endAt: number, submit: (command: Command) => void): void {
  const { time } = world;
  const chance = world.chance("people");
  const next = (): void => {
    if (time.now >= endAt) return;
    const command = someCommand(chance);
    world.reach(`command ${command.kind}`);
    submit(command);
    time.after(between(chance, 20 * SECOND_MS, 5 * MINUTE_MS), next);
  };
  time.after(between(chance, 20 * SECOND_MS, 5 * MINUTE_MS), next);
}

function someCommand(chance: Chance): Command {
  const incident = between(chance, 1, 12);
  const destination = pick(chance, ["board", "slack", "tickets", "hook", "jira", "chat", "siren"]);
  // Few letters are dead, and of few destinations.
  const kind = pick(chance, [...COMMANDS, "retry_dead"]);
  switch (kind) {
    case "acknowledge":
      return { kind, incident };
    case "resolve":
      return { kind, incident, note: "looked at" };
    case "retry_work":
    case "drop_work":
      return { kind, incident, destination };
    case "retry_dead":
      return { kind, destination };
  }
}
