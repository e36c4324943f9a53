import type { JsonObject } from "../json.ts";

/** A channel of the workspace, with everything that was ever posted there. */
export interface SlackChannel {
  readonly id: string;
  name: string;
  readonly isPrivate: boolean;
  isArchived: boolean;
  /** Whether the app is in it. */
  isMember: boolean;
  readonly messages: SlackMessage[];
}

export interface SlackMessage {
  readonly channel: string;
  /** Names the message within its channel, and grows. */
  readonly ts: string;
  /** The message that it answers; null: none. */
  readonly threadTs: string | null;
  readonly isBroadcast: boolean;
  readonly postedAt: number;
  /** `app`, an app that was removed since, or a person. */
  by: "app" | "former app" | "person";
  /** Text, blocks and attachments as they are now. */
  payload: JsonObject;
  metadata: JsonObject | null;
  /** What it was before each edit. */
  readonly former: JsonObject[];
  deletedAt: number | null;
}

export function isLive({ deletedAt }: SlackMessage): boolean {
  return deletedAt === null;
}

export function repliesTo(channel: SlackChannel, ts: string): readonly SlackMessage[] {
  return channel.messages.filter(({ threadTs }) => threadTs === ts);
}

/** By id, or by its name with or without the sign before it. */
export function channelNamed(channels: readonly SlackChannel[], named: string): SlackChannel | undefined {
  return channels.find(({ id }) => id === named) ?? channels.find(({ name }) => name === named.replace(/^#/, ""));
}

/** Later than all that is there, and as near to the time as that lets it be. */
export function nextTs(channel: SlackChannel, nowMs: number): string {
  const last = channel.messages.reduce((most, { ts }) => Math.max(most, micros(ts)), 0);
  const at = Math.max(last + 1, Math.round(nowMs * 1_000));
  return `${Math.floor(at / 1e6)}.${String(at % 1e6).padStart(6, "0")}`;
}

export function micros(ts: string): number {
  return Math.round(Number(ts) * 1e6);
}
