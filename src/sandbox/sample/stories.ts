// What happens to the sample company, one story at a time: each is a few alerts that belong together.
import type { Happening } from "./alert-line.ts";
import { ATTACKERS, GUESSED_NAMES, HOSTILE_NAMES, LINUX, PEOPLE, WINDOWS } from "./fleet.ts";
import { pamLoginFailed, sshAccepted, sshUnknownUser, sshWrongPassword } from "./linux.ts";
import { between, pick } from "./random.ts";
import { RULES } from "./rules.ts";
import { agentDisconnected, agentStarted, fileChanged } from "./wazuh.ts";
import { programDropped, windowsLogonFailed } from "./windows.ts";

export interface Beat {
  readonly at: number;
  readonly what: Happening;
}

export type Story = (at: number, random: () => number) => readonly Beat[];

export const agentLostAndBack: Story = (at, random) => {
  const agent = pick(random, LINUX);
  return [
    { at, what: agentDisconnected(agent) },
    { at: at + between(random, 25_000, 70_000), what: agentStarted(agent) },
  ];
};

export const unknownUsersTried: Story = (at, random) => guessing(at, random, GUESSED_NAMES);

/** The same attack by someone who knows that a login name ends up in a chat message. */
export const hostileUsersTried: Story = (at, random) => guessing(at, random, HOSTILE_NAMES);

export const passwordForced: Story = (at, random) => forcing(at, random).beats;

/** The one that must not wait: the guesses stop because one of them was right. */
export const passwordFound: Story = (at, random) => {
  const { beats, agent, from, user } = forcing(at, random);
  const foundAt = (beats.at(-1)?.at ?? at) + 900;
  const previousOutput = logsOf(beats).slice(0, 4);
  const found = { at: foundAt, agent, from, user, random, rule: RULES.successAfterFailures, previousOutput };
  return [...beats, { at: foundAt, what: sshAccepted(found) }];
};

export const accountGuessed: Story = (at, random) => {
  const agent = pick(random, LINUX);
  const by = pick(random, PEOPLE);
  const user = random() < 0.2 ? pick(random, HOSTILE_NAMES) : pick(random, PEOPLE);
  const beats: Beat[] = [0, 1, 2].map((turn) => {
    const failedAt = at + turn * 700;
    return { at: failedAt, what: pamLoginFailed({ at: failedAt, agent, by, user }) };
  });
  const lockedAt = at + 2_100;
  const previousOutput = logsOf(beats);
  return [...beats, { at: lockedAt, what: pamLoginFailed({ at: lockedAt, agent, by, user, previousOutput }) }];
};

export const fileTouched: Story = (at, random) => {
  const path = pick(random, ["/etc/ssh/sshd_config", "/etc/sudoers", "/etc/passwd", "/etc/cron.d/backup"]);
  return [{ at, what: fileChanged({ at, agent: pick(random, LINUX), path, random }) }];
};

export const windowsForced: Story = (at, random) => {
  const agent = pick(random, WINDOWS);
  const from = pick(random, ATTACKERS);
  return Array.from({ length: 8 }, (_, turn) => {
    const failedAt = at + turn * 400;
    const user = pick(random, ["Administrator", "svc-backup", "EXAMPLE\\\\mei", pick(random, HOSTILE_NAMES)]);
    return { at: failedAt, what: windowsLogonFailed({ at: failedAt, agent, from, user, random, forced: turn === 7 }) };
  });
};

export const malwareDropped: Story = (at, random) => [
  { at, what: programDropped({ at, agent: pick(random, WINDOWS), user: pick(random, PEOPLE), random }) },
];

function guessing(at: number, random: () => number, names: readonly string[]): readonly Beat[] {
  const agent = pick(random, LINUX);
  const from = pick(random, ATTACKERS);
  const beats: Beat[] = Array.from({ length: 7 }, (_, turn) => {
    const triedAt = at + turn * 250;
    return { at: triedAt, what: sshUnknownUser({ at: triedAt, agent, from, user: pick(random, names), random }) };
  });
  const rule = RULES.sshdUnknownUserForced;
  const last = { at: at + 1_750, agent, from, user: pick(random, names), random, rule, previousOutput: logsOf(beats) };
  return [...beats, { at: last.at, what: sshUnknownUser(last) }];
}

function forcing(at: number, random: () => number) {
  const agent = pick(random, LINUX);
  const from = pick(random, ATTACKERS);
  const user = pick(random, PEOPLE);
  const beats: Beat[] = Array.from({ length: 7 }, (_, turn) => {
    const triedAt = at + turn * 300;
    return { at: triedAt, what: sshWrongPassword({ at: triedAt, agent, from, user, random }) };
  });
  const rule = RULES.sshdPasswordForced;
  const last = { at: at + 2_100, agent, from, user, random, rule, previousOutput: logsOf(beats) };
  return { beats: [...beats, { at: last.at, what: sshWrongPassword(last) }], agent, from, user };
}

/** Newest first, as a counting rule lists what it saw. */
function logsOf(beats: readonly Beat[]): readonly string[] {
  return beats.map(({ what }) => what.fullLog ?? "").toReversed();
}
