import { unknown, type Look, type Outcome } from "../../core/outcome.ts";
import type { Destination, Io, Lost, Probe, Step } from "../connector.ts";
import { openAccess, type Access } from "./access.ts";
import { anchorOf, goneAnchor, readAnchor, stepOf, withCard, withoutCard } from "./anchor.ts";
import type { CardBody } from "./app-asks.ts";
import { channelsOf, nextStep } from "./app-next.ts";
import { Channels } from "./channels.ts";
import { callSlack, isGone, isUneditable, judgeWrite, type Called, type LimitScope } from "./client.ts";
import type { AppConfig } from "./kind.ts";
import { diagnose } from "./diagnose.ts";
import { findMessage } from "./find-message.ts";
import { joinChannel } from "./join.ts";
import { postedIn } from "./members.ts";
import { Workspace } from "./workspace.ts";

/** Slack by an app's bot token: one message for each incident, kept as the incident is, its story in the thread. */
export class SlackApp implements Destination {
  readonly #config: AppConfig;
  readonly #channels = new Channels();
  readonly #workspace: Workspace;

  constructor(config: AppConfig) {
    this.#config = config;
    this.#workspace = new Workspace(config.workspace ?? null);
  }

  next(...[picture, receipt, words]: Parameters<Destination["next"]>): Step | null {
    return nextStep(this.#config, picture, receipt, words);
  }

  async perform(step: Step, io: Io): Promise<Outcome> {
    const access = await openAccess(this.#config, io);
    if (access.kind === "later") return access;
    switch (step.action) {
      case "post":
      case "repost":
        return this.#post(access, step, io);
      case "edit":
        return this.#edit(access, step, io);
      case "reply":
        return this.#reply(access, step, io);
      case "ask":
        return this.#ask(access, step, io);
      case "edit_card":
        return this.#editCard(access, step, io);
      case "delete_twin":
        return this.#deleteTwin(access, step, io);
      default:
        throw new Error(`no such step: ${step.action}`);
    }
  }

  async find(lost: Lost, io: Io): Promise<Look> {
    const access = await openAccess(this.#config, io);
    if (access.kind === "later") return access;
    const look = await findMessage(access, lost, channelsOf(this.#config), this.#channels, io);
    if (look.kind !== "found" || look.remote.url !== null) return look;
    return { ...look, remote: { ...look.remote, url: await this.#workspace.urlOf(look.remote.anchor, access, io) } };
  }

  async probe(io: Io): Promise<Probe> {
    const findings = await diagnose(this.#config, io);
    const failed = findings.filter(({ ok }) => !ok);
    const said = failed.length === 0 ? findings : failed;
    return { ok: failed.length === 0, says: said.map(({ says }) => says).join("; ") };
  }

  async #post(access: Access, step: Step, io: Io): Promise<Outcome> {
    const { channel: configured } = JSON.parse(step.body) as { channel: string };
    const send = (): Promise<Called | null> => callSlack(io, access, { method: "chat.postMessage", json: step.body });
    let called = await send();
    // A clean refusal: nothing was posted. Where the app may let itself in, nobody need be asked.
    if (isWord(called, "not_in_channel") && (await joinChannel(configured, this.#channels, access, io)))
      called = await send();
    const ofChannel: LimitScope = this.#config.channels === undefined ? "destination" : "work";
    const trouble = judgeWrite(called, `asked to post to ${configured}`, "destination", ofChannel);
    if (trouble !== null) return trouble;
    const posted = postedIn(called?.kind === "answered" ? called.json : null);
    if (posted === null) return unreadable("asked to post");
    const { channel, ts } = posted;
    this.#channels.saw(configured, channel);
    const anchor = anchorOf(channel, ts, step.mark);
    const url = await this.#workspace.urlOf(anchor, access, io);
    const evidence = `posted ${ts} to ${configured}${step.action === "repost" ? ", since the earlier one is gone" : ""}`;
    return { kind: "done", remote: { anchor, url }, evidence };
  }

  async #edit(access: Access, step: Step, io: Io): Promise<Outcome> {
    const called = await callSlack(io, access, { method: "chat.update", json: step.body });
    if (isGone(called)) return gone(step);
    if (isUneditable(called)) return done("the message can't be edited any more; its thread goes on");
    return judgeWrite(called, "asked to edit a message", "action", "work") ?? done("edited the message");
  }

  async #reply(access: Access, step: Step, io: Io): Promise<Outcome> {
    const called = await callSlack(io, access, { method: "chat.postMessage", json: step.body });
    // What it would have told stands in the message that is posted anew.
    if (isGone(called)) return gone(step);
    const trouble = judgeWrite(called, "asked to answer in a thread", "destination", "work");
    if (trouble !== null) return trouble;
    const posted = postedIn(called?.kind === "answered" ? called.json : null);
    return posted === null ? unreadable("asked to answer in a thread") : done(`replied ${posted.ts} in the thread`);
  }

  /** Where it stands is part of the anchor, so that it is edited once it is decided. */
  async #ask(access: Access, step: Step, io: Io): Promise<Outcome> {
    const { response, shows, message } = JSON.parse(step.body) as CardBody;
    const called = await callSlack(io, access, { method: "chat.postMessage", json: JSON.stringify(message) });
    if (isGone(called)) return gone(step);
    const trouble = judgeWrite(called, "asked to answer in a thread", "destination", "work");
    if (trouble !== null) return trouble;
    const posted = postedIn(called?.kind === "answered" ? called.json : null);
    if (posted === null) return unreadable("asked to answer in a thread");
    const card = { response, ts: posted.ts, step: stepOf(step.mark), shows };
    const anchor = withCard(step.anchor ?? "", card);
    return { kind: "done", remote: { anchor, url: null }, evidence: `asked for R${response} in ${posted.ts}` };
  }

  async #editCard(access: Access, step: Step, io: Io): Promise<Outcome> {
    const { response, shows, message } = JSON.parse(step.body) as CardBody;
    const called = await callSlack(io, access, { method: "chat.update", json: JSON.stringify(message) });
    const at = step.anchor ?? "";
    // What still waits is asked anew; what is decided need not be.
    if (isGone(called)) {
      const evidence = `the question of R${response} is gone`;
      return { kind: "done", remote: { anchor: withoutCard(at, response), url: null }, evidence };
    }
    if (!isUneditable(called)) {
      const trouble = judgeWrite(called, "asked to edit a question", "action", "work");
      if (trouble !== null) return trouble;
    }
    const known = readAnchor(at)?.cards.find((card) => card.response === response);
    const anchor = known === undefined ? at : withCard(at, { ...known, shows });
    return { kind: "done", remote: { anchor, url: null }, evidence: `edited the question of R${response}` };
  }

  async #deleteTwin(access: Access, step: Step, io: Io): Promise<Outcome> {
    const called = await callSlack(io, access, { method: "chat.delete", json: step.body });
    if (isGone(called)) return done("a second copy is gone already");
    if (isWord(called, "cant_delete_message")) return this.#disownTwin(access, step, io);
    return judgeWrite(called, "asked to delete a second copy", "action", "work") ?? done("deleted a second copy");
  }

  /** Where nothing may be deleted it says what it is, and bears our mark no more, so that no look finds it again. */
  async #disownTwin(access: Access, step: Step, io: Io): Promise<Outcome> {
    const { channel, ts } = JSON.parse(step.body) as { channel: string; ts: string };
    const metadata = { event_type: "riposte_second_copy", event_payload: {} };
    const text = "This is a second copy of a message of Riposte, which may not delete it. The other one goes on.";
    const body = { channel, ts, text, blocks: [], attachments: [], metadata };
    const called = await callSlack(io, access, { method: "chat.update", json: JSON.stringify(body) });
    if (isGone(called) || isUneditable(called)) return done("a second copy stays, and can't be changed");
    const trouble = judgeWrite(called, "asked to mark a second copy", "action", "work");
    return trouble ?? done("a second copy may not be deleted, and says that it is one");
  }
}

function isWord(called: Called | null, word: string): boolean {
  return called?.kind === "answered" && called.word === word;
}

function gone(step: Step): Outcome {
  const anchor = goneAnchor(step.anchor ?? "");
  const evidence = "the message is gone, or can't be edited any more: it is posted anew";
  return { kind: "done", remote: { anchor, url: null }, evidence };
}

function done(evidence: string): Outcome {
  return { kind: "done", remote: { anchor: null, url: null }, evidence };
}

function unreadable(what: string): Outcome {
  return unknown("unreadable_answer", null, `Slack, ${what}: its answer does not say which message it made`);
}
