import { createHmac } from "node:crypto";
import { isJsonObject, own, ownList, type JsonObject } from "../json.ts";
import type { SlackMessage } from "./channel.ts";

export const usualSigningSecret = "8f742231b10e8888abcd99yyyzzz85a5";

/** Somebody of the workspace, or of another that shares the channel. */
export interface FakePerson {
  readonly id: string;
  readonly name: string;
  readonly team?: string;
}

export const ana: FakePerson = { id: "U0123456789", name: "ana" };
export const mallory: FakePerson = { id: "U0666666666", name: "mallory" };

/** A request as Slack makes it: these bytes, signed. */
export interface SlackCallback {
  readonly timestamp: string;
  readonly signature: string;
  readonly body: string;
}

export interface PressOptions {
  readonly person?: FakePerson;
  /** Unlike any other press; a second delivery of a press has that of the first. */
  readonly trigger: string;
  readonly responseUrl?: string;
}

const TEAM = "T00000001";

/** What Slack tells the app of a press, over either way. */
export function pressPayload(message: SlackMessage, label: string, options: PressOptions): JsonObject {
  const { person = ana, trigger, responseUrl = "https://hooks.slack.com/actions/T00000001/1/x" } = options;
  const { button, block, chosen } = toPress(message, label);
  return {
    type: "block_actions",
    user: { id: person.id, username: person.name, name: person.name, team_id: person.team ?? TEAM },
    api_app_id: "A00000001",
    team: { id: TEAM, domain: "fake-soc" },
    channel: { id: message.channel, name: "security-alerts" },
    container: { type: "message_attachment", message_ts: message.ts, channel_id: message.channel },
    message: { ts: message.ts, ...message.payload },
    trigger_id: trigger,
    response_url: responseUrl,
    actions: [
      {
        type: own(button, "type"),
        action_id: own(button, "action_id"),
        block_id: own(block, "block_id"),
        ...(chosen === null ? { text: own(button, "text"), value: own(button, "value") } : { selected_option: chosen }),
        action_ts: "1787216414.101684",
      },
    ],
  };
}

export function slashFields(text: string, options: PressOptions): Readonly<Record<string, string>> {
  const { person = ana, trigger, responseUrl = "https://hooks.slack.com/commands/T00000001/1/x" } = options;
  return {
    team_id: TEAM,
    team_domain: "fake-soc",
    channel_id: "C000000000",
    channel_name: "security-alerts",
    user_id: person.id,
    user_name: person.name,
    command: "/riposte",
    text,
    api_app_id: "A00000001",
    is_enterprise_install: "false",
    response_url: responseUrl,
    trigger_id: trigger,
  };
}

/** The bytes of either, as a form. */
export function formOf(of: JsonObject | Readonly<Record<string, string>>, kind: "press" | "slash"): string {
  return new URLSearchParams(
    kind === "press" ? { payload: JSON.stringify(of) } : (of as Readonly<Record<string, string>>),
  ).toString();
}

export function signed(body: string, atMs: number, secret: string = usualSigningSecret): SlackCallback {
  const timestamp = String(Math.floor(atMs / 1_000));
  const hex = createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex");
  return { timestamp, signature: `v0=${hex}`, body };
}

/** What the message's buttons say, as a person sees them. */
export function labelsOf(message: SlackMessage): readonly string[] {
  return buttonsOf(message).flatMap(({ button }) => (own(button, "type") === "button" ? [labelOf(button)] : []));
}

/** What can be chosen in the message's menus. */
export function choicesOf(message: SlackMessage): readonly string[] {
  return buttonsOf(message).flatMap(({ button }) => ownList(button, "options").map(labelOf));
}

function toPress(message: SlackMessage, label: string): Pressable & { readonly chosen: unknown } {
  for (const found of buttonsOf(message)) {
    if (labelOf(found.button) === label) return { ...found, chosen: null };
    const chosen = ownList(found.button, "options").find((option) => labelOf(option) === label);
    if (chosen !== undefined) return { ...found, chosen };
  }
  throw new Error(`no button ${label}; there are: ${[...labelsOf(message), ...choicesOf(message)].join(", ")}`);
}

interface Pressable {
  readonly block: JsonObject;
  readonly button: JsonObject;
}

function buttonsOf({ payload }: SlackMessage): readonly Pressable[] {
  const lists = [ownList(payload, "blocks"), ...ownList(payload, "attachments").map(blocksOf)];
  return lists.flat().flatMap((block) => {
    if (!isJsonObject(block) || block.type !== "actions") return [];
    return ownList(block, "elements").flatMap((button) => (isJsonObject(button) ? [{ block, button }] : []));
  });
}

function blocksOf(attachment: unknown): readonly unknown[] {
  return isJsonObject(attachment) ? ownList(attachment, "blocks") : [];
}

function labelOf(button: unknown): string {
  const text = isJsonObject(button) ? own(button, "text") : null;
  return isJsonObject(text) && typeof text.text === "string" ? text.text : "";
}
