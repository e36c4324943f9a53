import { between, type Chance } from "./chance.ts";

/** What a seed's windowed policies ask for, in plain numbers: plan.ts makes policies of it, the model its own mind. */
export interface WindowDraws {
  readonly spray: { readonly count: number; readonly users: number; readonly withinMs: number; readonly keys: number };
  readonly breakIn: { readonly count: number; readonly withinMs: number };
  readonly backup: { readonly withinMs: number };
  readonly stranger: { readonly withinMs: number; readonly learnMs: number; readonly keys: number };
}

export const WINDOW_LATENESS_MS = 2_000;

export const WINDOW_RULES = {
  guess: "5760",
  refused: "5503",
  login: "5501",
  backup: "100300",
  tool: "100310",
} as const;

export function drawWindows(chance: Chance): WindowDraws {
  return {
    spray: {
      count: between(chance, 2, 5),
      users: chance() < 0.5 ? 2 : 1,
      withinMs: between(chance, 5, 90) * 1_000,
      keys: chance() < 0.3 ? 2 : 100,
    },
    breakIn: { count: between(chance, 1, 3), withinMs: between(chance, 5, 120) * 1_000 },
    backup: { withinMs: between(chance, 60, 300) * 1_000 },
    stranger: {
      withinMs: between(chance, 120, 600) * 1_000,
      learnMs: between(chance, 0, 300) * 1_000,
      keys: chance() < 0.3 ? 4 : 100,
    },
  };
}
