import type { Io } from "../connector.ts";
import type { Access } from "./access.ts";
import type { Channels } from "./channels.ts";
import { callSlack } from "./client.ts";

/** Whether the app could let itself into the channel: into a public one, with the scope for it. Again is no matter. */
export async function joinChannel(configured: string, channels: Channels, access: Access, io: Io): Promise<boolean> {
  const channel = await channels.idOf(configured, access, io);
  if (typeof channel !== "string") return false;
  const called = await callSlack(io, access, { method: "conversations.join", json: JSON.stringify({ channel }) });
  return called?.kind === "answered" && called.ok;
}
