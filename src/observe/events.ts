// Every event that matters to whoever runs Riposte, one function each: a sentence that never changes, and fields.
import type { RetentionRow } from "../core/change.ts";
import type { Moment } from "../core/moments.ts";
import { headline, type Later, type Look, type Never, type Unknown } from "../core/outcome.ts";
import type { Work } from "../core/work.ts";
import type { Log } from "./log.ts";

/** One call of a destination that ended. */
export interface SettledCall {
  readonly destination: string;
  readonly incident: number;
  readonly action: string;
  readonly repeat: boolean;
  readonly tookMs: number;
  /** From when what was told happened until it was told; null: no alert brought it. */
  readonly lagMs: number | null;
}

/** Alert text in a moment is cut to this: a log is no place to keep it. */
const TEXT_CHARACTERS = 200;

export function starting(log: Log, about: { version: string; config: string; database: string }): void {
  log.info(about, "starting");
}

export function started(log: Log, about: { socket: string; http: string | null; tookMs: number }): void {
  log.info(about, "started");
}

export function stopping(log: Log, about: { why: string }): void {
  log.info(about, "stopping: no call begins any more");
}

export function stopped(log: Log, about: { tookMs: number; callsLeft: number }): void {
  if (about.callsLeft === 0) log.info(about, "stopped");
  else log.warn(about, "stopped with calls under way: what came of them is looked for at the next start");
}

export function configApplied(log: Log, about: { config: string; hash: string }): void {
  log.info(about, "config applied");
}

/** The file is wrong; what was in force still is. */
export function configRefused(log: Log, about: { config: string; mistakes: readonly string[] }): void {
  log.error(about, "the config's file is wrong and was not applied; the last good one is in force");
}

export function configNotApplied(log: Log, error: unknown): void {
  log.error({ err: error }, "the config could not be applied and will be tried again; the last one is in force");
}

export function configWaits(log: Log, about: { keys: readonly string[] }): void {
  log.warn(about, "these keys of the config take effect at the next start only");
}

/** Of a playbook that was read before that text stays in force; of another whoever is told hears that it can't be read. */
export function playbooksTroubled(log: Log, about: { playbooks: readonly string[] }): void {
  if (about.playbooks.length === 0) log.info({}, "all playbooks can be read again");
  else log.error(about, "a playbook can't be read; everything else goes on");
}

/** Once a day: what is over and old goes all the time. */
export function retentionGoesOn(log: Log, { keptFrom, incidents, alerts }: RetentionRow): void {
  const kept = new Date(keptFrom).toISOString();
  log.info({ keptFrom: kept, incidents, alerts }, "what is over and older than this goes; so many went in all");
}

/** Nothing of it keeps the rest from going on. */
export function ossecProblems(log: Log, about: { problems: readonly string[] }): void {
  log.warn(about, "something is to be said of ossec.conf, or of the blocks that were taken over from it");
}

/** What people did over there could not be asked for; it will be, at the next round. */
export function surveyFailed(log: Log, about: { destination: string; evidence: string }): void {
  log.info(about, "what people did there could not be asked for and will be asked for again");
}

/** A certificate or key of `http_client` was replaced by something that can't be used. */
export function wayOutTrouble(log: Log, about: { trouble: string }): void {
  log.error(about, "a file of http_client can't be used; what was read from it before stays in use");
}

export interface SecretAbout {
  /** Where it is to be had. */
  readonly place: string;
  /** The keys of the config that name it. */
  readonly fields: readonly string[];
}

/** `how`: its destination's probe took it, a call did, or nobody could be asked; `back`: the one before is in use again. */
export function secretChanged(
  log: Log,
  about: SecretAbout & { version: string | null; how: "probe" | "delivery" | "unproven" | "back" },
): void {
  if (about.how === "back") log.warn(about, "a new secret was refused: the one before is in use again");
  else log.info(about, "a secret changed and is in use");
}

export function secretRefused(log: Log, about: SecretAbout & { trouble: string }): void {
  log.error(about, "a secret changed and is not in use; the one before stays in use");
}

export function secretTrouble(log: Log, about: SecretAbout & { trouble: string | null }): void {
  if (about.trouble === null) log.info({ place: about.place, fields: about.fields }, "a secret can be read again");
  else log.error(about, "a secret can't be read; what was read of it before stays in use");
}

export function requestAnswered(
  log: Log,
  about: { request: string; caller: string | null; method: string; path: string; status: number; tookMs: number },
): void {
  log.debug(about, "a request was answered");
}

/** What a client showed is in none of the fields. */
export function callerRefused(log: Log, about: { request: string; address: string; why: string }): void {
  log.warn(about, "a request was refused: nobody knows who asked");
}

export function tokenTrouble(log: Log, about: { token: string; trouble: string }): void {
  log.warn(about, "a token of http.tokens can't be used; nobody gets in with it");
}

export function doorTlsRenewed(log: Log): void {
  log.info({}, "the files of http.tls changed and are in use");
}

export function doorTlsTrouble(log: Log, about: { trouble: string }): void {
  log.warn(about, "the files of http.tls can't be used as they are; those before stay in use");
}

export function doorCertificateEnds(log: Log, about: { trouble: string }): void {
  log.warn(about, "the certificate of http.tls must be renewed");
}

/** An alert is in it, readable for nobody but Riposte's user; it is tried again when such files are swept up. */
export function handedFileLeft(log: Log, about: { path: string; code: string }): void {
  log.warn(about, "a file that was handed to a script could not be taken away");
}

export function configNotKept(log: Log, error: unknown): void {
  log.warn({ err: error }, "no copy of the config could be kept: --last-good would have nothing to fall back to");
}

export function incidentMoved(log: Log, moment: Moment): void {
  const { incident, severity, count, by } = moment;
  const about = { incident, severity, count, by, text: moment.text?.slice(0, TEXT_CHARACTERS) ?? null };
  switch (moment.kind) {
    case "opened":
      return log.info(about, "incident opened");
    case "escalated":
      return log.info(about, "incident became worse");
    case "reopened":
      return log.info(about, "incident opened again");
    case "repeated":
      return log.info(about, "incident told again, since nobody has acknowledged it");
    case "unanswered":
      return log.info(about, "incident told to others, since nobody has acknowledged it");
    case "acknowledged":
      return log.info(about, "incident acknowledged");
    case "note":
      return log.info(about, "note added to incident");
    case "action":
      return log.info(about, "response to incident seen");
    case "resolved":
      return log.info(about, "incident resolved");
  }
}

export function delivered(log: Log, call: SettledCall): void {
  log.info(call, "delivered");
}

/** Sent once more because nobody could tell whether the first had arrived: the reader may see it twice. */
export function repeated(log: Log, call: SettledCall): void {
  log.warn(call, "delivered as a possible repeat");
}

export function putOff(log: Log, call: SettledCall, { reason, evidence, retryAfterMs }: Later): void {
  log.warn({ ...call, reason, evidence: headline(evidence), retryAfterMs }, "delivery put off");
}

export function refusedForGood(log: Log, call: SettledCall, { reason, evidence }: Never): void {
  log.warn({ ...call, reason, evidence: headline(evidence) }, "delivery refused for good");
}

export function outcomeUnknown(log: Log, call: SettledCall, { reason, evidence }: Unknown): void {
  log.warn({ ...call, reason, evidence: headline(evidence) }, "outcome of a delivery unknown");
}

export function looked(log: Log, about: { destination: string; incident: number }, look: Look): void {
  switch (look.kind) {
    case "found":
      return log.info({ ...about, evidence: look.evidence }, "a delivery of unknown outcome was found");
    case "absent":
      return log.info({ ...about, evidence: look.evidence }, "a delivery of unknown outcome was not found");
    case "later":
      return log.warn(
        { ...about, reason: look.reason, evidence: look.evidence },
        "a delivery of unknown outcome could not be looked for",
      );
  }
}

/** Worth a line where there is a second copy, and where nobody can tell. */
export function swept(log: Log, about: { destination: string; incident: number; twins: number }, look: Look): void {
  const { evidence } = look;
  if (about.twins > 0) log.warn({ ...about, evidence }, "a delivery that was repeated is there twice: the newer goes");
  else if (look.kind === "later" && look.reason !== "not_found_yet")
    log.warn({ ...about, reason: look.reason, evidence }, "second copies of a delivery could not be looked for");
}

/** One that was believed. */
export interface CallBack {
  /** Whose token it was. */
  readonly by: string;
  readonly destination: string;
  readonly incident: number;
  readonly key: string;
  readonly created: boolean;
  readonly known: boolean;
}

/** What the destination named is in the incident's own moments; here is that it did. */
export function calledBack(log: Log, about: CallBack): void {
  log.info(about, "a destination called back");
}

export function callbackRefused(log: Log, about: { by: string; why: string; says: string }): void {
  log.warn(about, "a call back was refused, and changed nothing");
}

export function deadLetter(log: Log, work: Work): void {
  const { incident, destination, reason, evidence } = work;
  log.error({ incident, destination, reason, evidence }, "dead letter: a person must look");
}

export function workerFailed(log: Log, about: { destination: string }, error: unknown): void {
  log.error({ ...about, err: error }, "a worker met something that should not happen and goes on");
}

/** The database takes nothing, and somebody was told of it without a row; or (null) nobody could be. */
export function alarmRung(log: Log, about: { destination: string | null; evidence: string }): void {
  if (about.destination === null) log.error(about, "the database takes nothing, and no destination took the alarm");
  else log.error(about, "the database takes nothing: an alarm went out");
}

export function heartbeatTrouble(log: Log, says: string | null): void {
  if (says === null) log.info({}, "the heartbeat gets through again");
  else log.warn({ trouble: says }, "the heartbeat does not get through");
}

/** Whether alerts come from each of Wazuh's nodes can't be told while this lasts. */
export function nodesNotListed(log: Log, says: string | null): void {
  if (says === null) log.info({}, "the nodes of the Wazuh cluster can be listed again");
  else
    log.warn({ trouble: says }, "the nodes of the Wazuh cluster can't be listed: a node without alerts goes unnoticed");
}

export function ownHealthFailed(log: Log, error: unknown): void {
  log.error({ err: error }, "Riposte could not look at itself and will try again");
}

export function connectorFailed(log: Log, about: { destination: string; incident: number; error: string }): void {
  log.error(about, "a connector can't draw this incident, which is a bug; it became a dead letter");
}

export function sourceTrouble(log: Log, about: { source: string; state: string; trouble: string }): void {
  log.error(about, "a source can't be read");
}

export function sourceWell(log: Log, about: { source: string; state: string }): void {
  log.info(about, "a source can be read again");
}

/** A PostgreSQL that can't be reached at the start is waited for. */
export function databaseAway(log: Log, about: { message: string }): void {
  log.error(about, "the database can't be reached and will be tried again; no alert is read until then");
}

export function databaseLost(log: Log, { message }: Error): void {
  log.fatal({ message }, "the database is lost: ending, to be started again from what is stored");
}

export function bug(log: Log, error: unknown): void {
  log.fatal({ err: error }, "a bug: ending, to be started again from what is stored");
}
