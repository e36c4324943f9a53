import { MINUTE_MS, type Instant } from "../../src/core/time.ts";
import type { SlackMessage } from "../fakes/slack-app/channel.ts";
import { between, pick, type Chance } from "./chance.ts";
import type { World } from "./world.ts";

export const CHAT_DEEDS = ["talks", "answers", "deletes"] as const;

/** Those who sit in the channel: they talk, answer in our threads, and now and then delete what we wrote. */
export function startChatPeople(world: World, endAt: Instant): void {
  const { time } = world;
  const chance = world.chance("chat people");
  const next = (): void => {
    if (time.now >= endAt) return;
    const kind = pick(chance, [...CHAT_DEEDS, "talks", "answers"] as const);
    if (doIt(world, chance, kind)) world.reach(`in the chat somebody ${kind}`);
    time.after(between(chance, 30_000, 4 * MINUTE_MS), next);
  };
  time.after(between(chance, 30_000, 4 * MINUTE_MS), next);
}

function doIt({ vendors, time }: World, chance: Chance, kind: (typeof CHAT_DEEDS)[number]): boolean {
  const { chat } = vendors;
  const ours = chat.live.filter(({ by, threadTs }) => by === "app" && threadTs === null);
  const some: SlackMessage | undefined = ours.length === 0 ? undefined : pick(chance, ours);
  if (kind === "talks") chat.postByPerson("security-alerts", "has anybody seen this?", time.now);
  else if (some === undefined) return false;
  else if (kind === "answers") chat.postByPerson("security-alerts", "looking", time.now, some.ts);
  else chat.deleteByPerson(some, time.now);
  return true;
}
