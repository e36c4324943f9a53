// Sources that would be taken for each other.
import { OWN_SOURCE } from "../core/own-health.ts";
import type { Problem } from "./problem.ts";
import type { ConfigShape } from "./schema.ts";

/** Under this name the API's word about agents is counted. */
export const AGENTS_SOURCE = "agents";

/** Two sources with one name, ours among them, would share a row; with one path they would bring each alert twice. */
export function twins({ wazuh }: ConfigShape): readonly Problem[] {
  const { alerts, agents } = wazuh;
  if (typeof alerts === "string") return [];
  const taken = (name: string | undefined, path: Problem["path"]): Problem | null => {
    if (name === OWN_SOURCE) return ownName(path);
    if (name !== AGENTS_SOURCE || agents === undefined) return null;
    return { path, at: "value", says: "is the name of what wazuh.agents reads. Choose another" };
  };
  if (!Array.isArray(alerts)) return [taken(alerts.name, ["wazuh", "alerts", "name"])].filter((each) => each !== null);
  return (["name", "path"] as const).flatMap((key) =>
    alerts.flatMap((file, i): readonly Problem[] => {
      const path = ["wazuh", "alerts", i, key];
      const ours = key === "name" ? taken(file.name, path) : null;
      if (ours !== null) return [ours];
      // Two may well read different indices of one indexer, which have no path.
      if (file[key] === undefined || alerts.findIndex((other) => other[key] === file[key]) === i) return [];
      return [{ path, at: "value", says: `another source has this ${key} already` }];
    }),
  );
}

function ownName(path: Problem["path"]): Problem {
  const says = "is the name under which Riposte counts what it says of itself. Choose another";
  return { path, at: "value", says };
}
