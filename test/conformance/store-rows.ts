// Rows for the store's suite: whole and plausible, with what a test is about laid over them.
import type { Action } from "../../src/core/action.ts";
import type { AlertIdentity } from "../../src/core/alert.ts";
import type { AlertRow, Change, SourceRow } from "../../src/core/change.ts";
import type { Digest, ToldIn } from "../../src/core/digest-event.ts";
import type { Incident } from "../../src/core/incident.ts";
import { newLane, type Lane } from "../../src/core/lane.ts";
import type { Mass, Surge } from "../../src/core/mass-event.ts";
import type { Moment } from "../../src/core/moments.ts";
import { newNeed, type Need } from "../../src/core/need.ts";
import type { Attempt, Receipt } from "../../src/core/receipt.ts";
import type { Reminder } from "../../src/core/rhythm.ts";
import { HOUR_MS } from "../../src/core/time.ts";
import type { Work } from "../../src/core/work.ts";

export const noon = Date.UTC(2026, 10, 23, 12);

export function anIdentity(of: Partial<AlertIdentity> = {}): AlertIdentity {
  return {
    origin: "wazuh/node01",
    nativeId: "1795435200.1",
    stamp: "2026-11-23T12:00:00.000+0000",
    ruleId: "5712",
    ...of,
  };
}

export function anAlert(of: Partial<AlertRow> = {}): AlertRow {
  return {
    identity: anIdentity(),
    source: "alerts",
    at: noon,
    level: 10,
    agentId: "003",
    disposition: "opened",
    incidents: [1],
    ...of,
  };
}

export function aSource(of: Partial<SourceRow> = {}): SourceRow {
  return {
    name: "alerts",
    cursor: '{"v":1,"offset":4096}',
    read: 10,
    ignored: 5,
    malformed: 1,
    duplicate: 1,
    kept: 3,
    collision: 1,
    watermarkAt: noon,
    seenAt: noon + 1,
    ...of,
  };
}

/** Each has a group of its own unless the test says which. */
export function anIncident(id: number, of: Partial<Incident> = {}): Incident {
  return {
    id,
    policy: "ssh",
    groupKey: `["group ${id}"]`,
    state: "open",
    severity: "high",
    title: "sshd: brute force",
    ruleId: "5712",
    agentId: "003",
    agentName: "web-01",
    snapshot: "0123456789abcdef",
    source: "alerts",
    count: 1,
    firstAt: noon,
    lastAt: noon,
    openedAt: noon + 5,
    resolvedAt: null,
    resolvedBy: null,
    acknowledgedBy: null,
    revision: 1,
    momentCount: 1,
    dueAt: noon + HOUR_MS,
    ...of,
  };
}

export function aMoment(incident: number, n: number, of: Partial<Moment> = {}): Moment {
  return { incident, n, kind: "opened", at: noon, severity: "high", count: 1, by: null, text: null, ...of };
}

export function aWork(incident: number, of: Partial<Work> = {}): Work {
  return {
    incident,
    destination: "chat",
    state: "ready",
    wanted: 1,
    priority: 1,
    dueAt: noon,
    sinceAt: noon,
    firstTriedAt: null,
    tries: 0,
    looks: 0,
    reason: null,
    evidence: null,
    attempt: null,
    lostSince: null,
    lost: 0,
    mayLandUntil: null,
    sweeps: [],
    ...of,
  };
}

export function aReceipt(incident: number, of: Partial<Receipt> = {}): Receipt {
  return {
    incident,
    destination: "chat",
    remote: { anchor: "1795435200.000100", url: "https://chat.example/archives/C1/p1" },
    twins: [],
    steps: 1,
    momentsTold: 1,
    headDigest: "00112233445566ff",
    repeats: 0,
    firstDoneAt: noon + 10,
    lastDoneAt: noon + 20,
    ...of,
  };
}

export function anAttempt(id: number, of: Partial<Attempt> = {}): Attempt {
  return {
    id,
    incident: 1,
    destination: "chat",
    step: 1,
    action: "post",
    safeToRepeat: false,
    repeat: false,
    plan: { momentsTold: 1, headDigest: null },
    revision: 1,
    completes: true,
    beganAt: noon,
    endedAt: null,
    outcome: null,
    reason: null,
    evidence: null,
    ...of,
  };
}

export function aLane(destination: string, of: Partial<Lane> = {}): Lane {
  return { ...newLane(destination), ...of };
}

export function anAction(of: Partial<Action> = {}): Action {
  return {
    agentId: "003",
    program: "disable-account",
    target: "deploy",
    beganAt: noon,
    agentName: "web-01",
    targetKind: "user",
    state: "received",
    incident: 1,
    causeRule: "5763",
    source: "alerts",
    lastAt: noon,
    times: 1,
    expectedEndAt: noon + 300_000,
    endedAt: null,
    dueAt: null,
    told: true,
    explained: [],
    ...of,
  };
}

/** Of its openings two are incidents of the test. */
export function aSurge(of: Partial<Surge> = {}): Surge {
  const recent = [1, 4].map((incident) => ({ incident, at: noon + incident }));
  return { policy: "ssh", recent, ...of };
}

export function aMass(incident: number, of: Partial<Mass> = {}): Mass {
  return { incident, members: 3, unresolved: 3, surgedAt: noon, ...of };
}

export function aReminder(incident: number, of: Partial<Reminder> = {}): Reminder {
  return { incident, kind: "repeat", source: "alerts", dueAt: noon, times: 2, ...of };
}

export function aDigest(of: Partial<Digest> = {}): Digest {
  return { destination: "chat", incident: 9, since: noon, told: 20, ...of };
}

export function aToldIn(incident: number, of: Partial<ToldIn> = {}): ToldIn {
  return { incident, destination: "chat", digest: 9, ...of };
}

export function aNeed(of: Partial<Need> = {}): Need {
  return { ...newNeed(), ...of };
}

/** An incident with its first moment, its first line and work for the chat. */
export function opened(id: number, of: { incident?: Partial<Incident>; work?: Partial<Work> } = {}): Change[] {
  return [
    { table: "incident", row: anIncident(id, of.incident) },
    { table: "moment", row: aMoment(id, 1) },
    { table: "body", row: { incident: id, slot: 0, ordinal: 1, raw: `{"id":"${id}"}` } },
    { table: "work", row: aWork(id, of.work) },
  ];
}
