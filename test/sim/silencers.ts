import type { Command, Result } from "../../src/core/input.ts";
import type { Condition } from "../../src/core/policy.ts";
import { MINUTE_MS, SECOND_MS } from "../../src/core/time.ts";
import { between, pick, type Chance } from "./chance.ts";
import type { World } from "./world.ts";

export const SILENCE_COMMANDS = ["add_silence", "expire_silence"] as const;

/** Those who want to hear less: every few minutes one of them silences something, or ends a silence. */
export function startSilencers(
  world: World,
  endAt: number,
  submit: (command: Command) => Promise<Result | null>,
): void {
  const { time } = world;
  const chance = world.chance("silencers");
  const known: number[] = [];
  const next = (): void => {
    if (time.now >= endAt) return;
    const command =
      known.length > 0 && chance() < 0.4
        ? ({ kind: "expire_silence", silence: pick(chance, known) } as const)
        : someSilence(chance, time.now);
    world.reach(`command ${command.kind}`);
    submit(command).then(
      (result) => {
        if (command.kind === "add_silence" && result?.silence !== undefined) known.push(result.silence);
      },
      () => {},
    );
    time.after(between(chance, 20 * SECOND_MS, 6 * MINUTE_MS), next);
  };
  time.after(between(chance, 20 * SECOND_MS, 6 * MINUTE_MS), next);
}

function someSilence(chance: Chance, now: number): Command {
  const base = { kind: "add_silence", comment: null } as const;
  const endsAt = now + between(chance, 10 * SECOND_MS, 10 * MINUTE_MS);
  if (chance() < 0.3) {
    const incident = between(chance, 1, 12);
    const wanted = fieldIs("incident", String(incident));
    return { ...base, incident, ...wanted, endsAt: chance() < 0.5 ? null : endsAt };
  }
  const wanted = pick(chance, [
    fieldIs("severity", "medium"),
    fieldIs("severity", "high"),
    fieldIs("severity", "critical"),
    fieldIs("policy", "rest"),
    fieldIs("policy", "agent-lost"),
    fieldIs("policy", "queue-full"),
    fieldIs("agent.id", "001"),
    fieldIs("agent.id", "002"),
  ]);
  return { ...base, incident: null, ...wanted, endsAt };
}

function fieldIs(path: string, value: string): { readonly condition: Condition; readonly written: string } {
  const condition = { kind: "field", path, test: { kind: "one_of", values: [value] } } as const;
  return { condition, written: JSON.stringify({ [path]: value }) };
}
