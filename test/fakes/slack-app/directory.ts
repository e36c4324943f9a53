import type { JsonObject } from "../json.ts";
import { countOf, flagOf, textOf } from "./arguments.ts";
import type { SlackChannel } from "./channel.ts";
import type { Reply } from "./reading.ts";

/** Page by page, of the kinds that are asked for; private ones only where the app is in them. */
export function listChannels(channels: readonly SlackChannel[], given: JsonObject): Reply {
  const types = (textOf(given, "types") ?? "public_channel").split(",");
  const shown = channels
    .filter(({ isPrivate }) => types.includes(isPrivate ? "private_channel" : "public_channel"))
    .filter(({ isPrivate, isMember }) => !isPrivate || isMember)
    .filter(({ isArchived }) => !(isArchived && flagOf(given, "exclude_archived")));
  const from = Number(textOf(given, "cursor")?.replace(/^from:/, "") ?? 0);
  if (Number.isNaN(from)) return { error: "invalid_cursor" };
  const to = from + countOf(given, "limit", 100);
  return {
    value: {
      channels: shown.slice(from, to).map(channelJson),
      response_metadata: { next_cursor: to < shown.length ? `from:${to}` : "" },
    },
  };
}

export function channelJson({ id, name, isPrivate, isArchived, isMember }: SlackChannel): JsonObject {
  return { id, name, is_channel: true, is_private: isPrivate, is_archived: isArchived, is_member: isMember };
}
