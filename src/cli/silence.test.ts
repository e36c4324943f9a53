import { expect, test } from "vitest";
import type { SilenceReport } from "../http/silence-routes.ts";
import { workWords } from "./render-incidents.ts";
import { renderSilence, renderSilences } from "./silence.ts";

const now = Date.UTC(2026, 10, 23, 12);
const plain = (_: unknown, text: string): string => text;

const silence: SilenceReport = {
  id: 41,
  who: "ana",
  comment: "moving\u001b[31m the rack",
  createdAt: now - 60_000,
  endsAt: now + 4 * 3_600_000,
  incident: null,
  matchers: { policy: "agent-lost", "agent.id": ["001", "002"] },
  isLive: true,
};

test("a list of silences says what each hides, until when and who wants it", () => {
  const ofOne = { ...silence, id: 42, endsAt: null, incident: 7, matchers: { incident: "7" }, comment: null };

  const shown = renderSilences({ silences: [silence, ofOne], more: true }, now, plain);

  expect(shown).toContain('policy: agent-lost, agent.id: ["001","002"]');
  expect(shown).toContain("in 4 h, at 2026-11-23 16:00:00Z");
  expect(shown).toContain("when #7 is over");
  expect(shown).toContain("there is more: --limit");
  expect(shown).not.toContain("\u001b");
});

test("one silence says which open incidents it hides", () => {
  const shown = [{ id: 9, severity: "high", policy: "agent-lost", title: "Agent \u0007lost" }] as const;

  const text = renderSilence({ silence, hides: { incidents: 12, lookedAt: 40, shown } }, now, plain);

  expect(text).toContain("hides 12 open incidents\n");
  expect(text).toContain("#9 high agent-lost  Agent");
  expect(text).not.toMatch(/[\u0007\u001b]/);
});

test("one that is over says that it hides nothing", () => {
  const over = { ...silence, isLive: false, endsAt: now - 1_000 };

  const text = renderSilence({ silence: over, hides: { incidents: 0, lookedAt: 40, shown: [] } }, now, plain);

  expect(text).toContain("over since 2026-11-23 11:59:59Z");
  expect(text).toContain("it is over and hides nothing");
});

const work = {
  incident: 9,
  destination: "chat",
  state: "hushed",
  wanted: 1,
  priority: 1,
  dueAt: now + 3_600_000,
  sinceAt: now - 60_000,
  firstTriedAt: null,
  tries: 0,
  looks: 0,
  reason: "muted",
  evidence: "mute time patching, by the clocks of Europe/Berlin",
  attempt: null,
  lostSince: null,
  lost: 0,
  mayLandUntil: null,
  sweeps: [],
} as const;

test("what is not told says why, until when and how to have it told", () => {
  expect(workWords(work, now)).toBe(
    "chat: not told, since 1 min ago, until 2026-11-23 13:00:00Z: in a mute time (mute time patching, by the clocks of Europe/Berlin); riposte work retry tells it all the same",
  );
  expect(workWords({ ...work, reason: "inhibited", dueAt: 8_640_000_000_000_000 }, now)).toContain(
    "with no end in time: another incident stands for it",
  );
});
