import { MINUTE_MS, SECOND_MS } from "../../src/core/time.ts";
import type { LoginHabit } from "../fakes/jira/access.ts";
import { between, pick } from "./chance.ts";
import type { World } from "./world.ts";

export const TROUBLES = [
  "refused",
  "timeout-not-done",
  "status-503",
  "revoked",
  "token refused",
  "project unseen",
  "app removed",
  "channel archived",
  "script unusable",
  "disk-full",
  "death",
  "reload",
] as const;

/** What a token that is refused gets. */
export const LOGIN_HABITS = ["json", "anonymous", "login-page", "redirect"] as const satisfies readonly LoginHabit[];

/** What trouble can't do to the world alone. */
export interface TroubleMaker {
  kill(): void;
  reload(): void;
}

/** Destinations that are down for minutes, what Slack or Jira gave out taken back for a while, a full disk, another config, and death at any time. */
export function startTrouble(world: World, endAt: number, does: TroubleMaker): void {
  const { time, net, vendors, space, scripts } = world;
  scripts.isTroubled = true;
  const chance = world.chance("trouble");
  const next = (): void => {
    if (time.now >= endAt) return;
    const host = pick(chance, [...net.hosts.values()]);
    const kind = pick(chance, [...TROUBLES, "death", "disk-full", "token refused"] as const);
    const lastsMs = between(chance, 10_000, 15 * MINUTE_MS);
    world.reach(`trouble ${kind}`);
    switch (kind) {
      case "death":
        does.kill();
        break;
      case "revoked":
        vendors.slack.setState("revoked");
        time.after(lastsMs, () => vendors.slack.setState("active"));
        break;
      case "token refused":
        vendors.jira.loginHabit = pick(chance, LOGIN_HABITS);
        vendors.jira.tokens.length = 0;
        world.reach(`refused as ${vendors.jira.loginHabit}`);
        time.after(lastsMs, () => vendors.jira.tokens.splice(0, Infinity, world.jiraSite.token));
        break;
      case "project unseen":
        for (const { granted } of vendors.jira.site.projects) granted.delete("BROWSE_PROJECTS");
        time.after(lastsMs, () => showProjects(world));
        break;
      case "app removed":
        vendors.chat.tokenState = pick(chance, ["revoked", "uninstalled", "expired"] as const);
        time.after(lastsMs, () => (vendors.chat.tokenState = "active"));
        break;
      case "channel archived":
        vendors.chat.channel("security-alerts").isArchived = true;
        time.after(lastsMs, () => (vendors.chat.channel("security-alerts").isArchived = false));
        break;
      case "script unusable":
        scripts.isUnusable = true;
        time.after(lastsMs, () => (scripts.isUnusable = false));
        break;
      case "reload":
        does.reload();
        break;
      case "disk-full":
        // Mostly for a moment, which is when something is under way.
        space.fillFor(chance() < 0.5 ? between(chance, 100, 5_000) : between(chance, 5_000, MINUTE_MS));
        break;
      case "status-503":
        host.outage = { kind, done: false, retryAfterSeconds: null };
        time.after(lastsMs, () => (host.outage = null));
        break;
      case "refused":
      case "timeout-not-done":
        host.outage = { kind };
        time.after(lastsMs, () => (host.outage = null));
        break;
    }
    time.after(between(chance, 30 * SECOND_MS, 12 * MINUTE_MS), next);
  };
  time.after(between(chance, 30 * SECOND_MS, 5 * MINUTE_MS), next);
}

function showProjects({ vendors }: World): void {
  for (const { granted } of vendors.jira.site.projects) granted.add("BROWSE_PROJECTS");
}

/** From here on everything outside is well. */
export function endTrouble(world: World): void {
  const { net, space, vendors, indexer, scripts } = world;
  scripts.isTroubled = scripts.isUnusable = false;
  net.weights = { none: 1 };
  indexer?.calmDown();
  net.refuses = false;
  space.freeUp();
  vendors.slack.setState("active");
  vendors.chat.tokenState = "active";
  vendors.chat.channel("security-alerts").isArchived = false;
  vendors.jira.tokens.splice(0, Infinity, world.jiraSite.token);
  showProjects(world);
  for (const host of net.hosts.values()) host.outage = null;
}
