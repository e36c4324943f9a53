// What Linux agents report: sshd, sudo and PAM logs, each with the fields that Wazuh's decoders take from them.
import { syslogTime } from "./alert-line.ts";
import type { Happening } from "./alert-line.ts";
import type { Agent } from "./fleet.ts";
import { between, hex } from "./random.ts";
import { RULES } from "./rules.ts";
import type { Rule } from "./rules.ts";

interface Login {
  readonly at: number;
  readonly agent: Agent;
  readonly from: string;
  readonly user: string;
  readonly random: () => number;
}

export function sshAccepted(login: Login & { rule?: Rule; previousOutput?: readonly string[] }): Happening {
  const port = between(login.random, 32_768, 60_999);
  // People here use keys; only a guesser gets in with a password.
  const byPassword = login.rule !== undefined;
  const how = byPassword ? "password" : "publickey";
  const key = byPassword ? "" : `: ED25519 SHA256:${hex(login.random, 43)}`;
  return {
    rule: login.rule ?? RULES.sshdAccepted,
    agent: login.agent,
    ...(login.previousOutput && { previousOutput: login.previousOutput }),
    ...sshd(login, `Accepted ${how} for ${login.user} from ${login.from} port ${port} ssh2${key}`),
    data: { srcip: login.from, srcport: String(port), dstuser: login.user },
  };
}

export function sshUnknownUser(login: Login & { rule?: Rule; previousOutput?: readonly string[] }): Happening {
  const port = between(login.random, 32_768, 60_999);
  return {
    rule: login.rule ?? RULES.sshdUnknownUser,
    agent: login.agent,
    ...(login.previousOutput && { previousOutput: login.previousOutput }),
    ...sshd(login, `Invalid user ${login.user} from ${login.from} port ${port}`),
    data: { srcip: login.from, srcport: String(port), srcuser: login.user },
  };
}

export function sshWrongPassword(login: Login & { rule?: Rule; previousOutput?: readonly string[] }): Happening {
  const port = between(login.random, 32_768, 60_999);
  return {
    rule: login.rule ?? RULES.sshdWrongPassword,
    agent: login.agent,
    ...(login.previousOutput && { previousOutput: login.previousOutput }),
    ...sshd(login, `Failed password for ${login.user} from ${login.from} port ${port} ssh2`),
    data: { srcip: login.from, srcport: String(port), dstuser: login.user },
  };
}

export function sudoToRoot(at: number, agent: Agent, user: string, command: string): Happening {
  const text = `${user.padStart(8)} : TTY=pts/0 ; PWD=/home/${user} ; USER=root ; COMMAND=${command}`;
  return {
    rule: RULES.sudoToRoot,
    agent,
    fullLog: `${syslogTime(at)} ${agent.name} sudo: ${text}`,
    predecoder: predecoder("sudo", at, agent),
    decoder: { parent: "sudo", name: "sudo", ftscomment: "First time user executed the sudo command" },
    data: { srcuser: user, dstuser: "root", tty: "pts/0", pwd: `/home/${user}`, command },
    location: "journald",
  };
}

export function pamSessionOpened(at: number, agent: Agent, user: string): Happening {
  return {
    rule: RULES.pamSessionOpened,
    agent,
    fullLog: `${syslogTime(at)} ${agent.name} sshd[${2000 + (at % 30_000)}]: pam_unix(sshd:session): session opened for user ${user} by (uid=0)`,
    predecoder: predecoder("sshd", at, agent),
    decoder: { parent: "pam", name: "pam" },
    data: { dstuser: user, uid: "0" },
    location: "journald",
  };
}

export interface PamFailure {
  readonly at: number;
  readonly agent: Agent;
  /** Who is logged in and types the wrong password. */
  readonly by: string;
  /** Whose account it is. */
  readonly user: string;
}

export function pamLoginFailed(failure: PamFailure & { previousOutput?: readonly string[] }): Happening {
  const { at, agent, by, user, previousOutput } = failure;
  const rule = previousOutput ? { ...RULES.pamForced, description: pamForcedDescription(user) } : RULES.pamLoginFailed;
  return {
    rule,
    agent,
    ...(previousOutput && { previousOutput }),
    fullLog: `${syslogTime(at)} ${agent.name} su[${2000 + (at % 30_000)}]: pam_unix(su:auth): authentication failure; logname=${by} uid=1004 euid=0 tty=/dev/pts/2 ruser=${by} rhost=  user=${user}`,
    predecoder: predecoder("su", at, agent),
    decoder: { name: "pam" },
    data: { srcuser: by, dstuser: user, uid: "1004", euid: "0", tty: "/dev/pts/2" },
    location: "journald",
  };
}

/** This rule's description names the account, so attacker text stands in a description too. */
function pamForcedDescription(user: string): string {
  return `Possible password guess on ${user}: 3 failed logins in a short period of time`;
}

function sshd(login: Login, text: string): Pick<Happening, "fullLog" | "predecoder" | "decoder" | "location"> {
  const process = between(login.random, 1_000, 32_000);
  return {
    fullLog: `${syslogTime(login.at)} ${login.agent.name} sshd[${process}]: ${text}`,
    predecoder: predecoder("sshd", login.at, login.agent),
    decoder: { parent: "sshd", name: "sshd" },
    location: "journald",
  };
}

function predecoder(program: string, at: number, agent: Agent): object {
  return { program_name: program, timestamp: syslogTime(at), hostname: agent.name };
}
