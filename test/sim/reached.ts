import type { Change } from "../../src/core/change.ts";
import type { World } from "./world.ts";

/** What a committed change shows to have happened, for the run's report. */
export function noteReached(world: World, change: Change): void {
  if (change.table === "attempt" && change.row.destination === "jira" && change.row.outcome === "done")
    world.reach(`jira ${change.row.action}`);
  if (change.table === "attempt" && change.row.destination === "chat" && change.row.outcome === "done")
    world.reach(`chat ${change.row.action}`);
  if (change.table === "work") world.reach(`work ${change.row.state}`);
  if (change.table === "work" && change.row.state === "hushed") world.reach(`hushed ${change.row.reason}`);
  if (change.table === "work" && change.row.state === "dead") world.reach(`dead ${change.row.reason}`);
  if (change.table === "incident") world.reach(`incident ${change.row.state}`);
  if (change.table === "work" && change.row.reason === "collapsed") world.reach("told in a mass event");
  if (change.table === "told_in") world.reach("told in a digest");
  if (change.table === "digest") world.reach("digest kept");
  if (change.table === "audit") world.reach(`done ${change.row.what}`);
  if (change.table === "audit" && change.row.who === "jira") world.reach(`followed ${change.row.what}`);
  if (change.table === "moment") world.reach(`moment ${change.row.kind}`);
  if (change.table === "incident" && change.row.policy.startsWith("riposte:")) world.reach(`storm ${change.row.state}`);
  if (change.table === "action") world.reach(`action ${change.row.state}`);
  if (change.table === "alert") world.reach(`alert ${change.row.disposition}`);
}
