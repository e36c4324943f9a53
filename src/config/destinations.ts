import type { z } from "zod";
import type { DestinationTerms } from "../core/snapshot.ts";
import { DESTINATION_HUSH_KEYS, DestinationHush, quietHoursOf } from "./hush.ts";
import { nameTrouble } from "./name.ts";
import { didYouMean } from "./nearest.ts";
import { isMap, type Path, type Problem } from "./problem.ts";
import { Redact } from "./redact.ts";
import type { DestinationConfig } from "./schema.ts";
import { checkShape } from "./wording.ts";

/** What a config has to know of a kind of destination. Every connector is one. */
export interface DestinationKind {
  readonly type: string;
  /** Of what stands beside `type`. */
  readonly schema: z.ZodType;
  /** Hears of nothing but Wazuh's alerts, unless it is named for more. */
  readonly onlyWazuh?: true;
  /** It tells people in a channel, where what is less urgent may be told together. */
  readonly digests?: true;
  /** It sends what wazuh-integratord would have sent, so that nothing is left out unless its config says so. */
  sendsAsIntegratord?(config: unknown): boolean;
  capabilities(config: unknown): Omit<DestinationTerms, "name" | "type">;
  /** The same config with what the file says once for all destinations. */
  linked?(config: unknown, links: Links): unknown;
}

/** Where people go from what they are shown. */
export interface Links {
  readonly wazuhDashboard: string | null;
  readonly console: string | null;
}

export type Connectors = readonly DestinationKind[];

export interface ReadDestinations {
  readonly destinations: readonly DestinationConfig[];
  readonly problems: readonly Problem[];
}

/** Checks each destination against the schema of the connector that its `type` names. */
export function readDestinations(value: unknown, connectors: Connectors): ReadDestinations {
  const destinations: DestinationConfig[] = [];
  const problems: Problem[] = [];
  for (const [name, of] of isMap(value) ? Object.entries(value) : []) {
    const path: Path = ["destinations", name];
    const trouble = nameTrouble(name);
    if (trouble !== null) problems.push({ path, at: "key", says: trouble });
    const connector = connectorOf(of, connectors);
    if (typeof connector === "string") {
      const hasType = isMap(of) && of["type"] !== undefined;
      problems.push({ path: hasType ? [...path, "type"] : path, at: hasType ? "value" : "key", says: connector });
      continue;
    }
    const { type: _type, redact, ...rest } = of as Readonly<Record<string, unknown>>;
    const isHushKey = ([key]: readonly [string, unknown]): boolean =>
      (DESTINATION_HUSH_KEYS as readonly string[]).includes(key);
    const written = Object.fromEntries(Object.entries(rest).filter((entry) => !isHushKey(entry)));
    const own = connector.digests === true ? written : withoutDigest(written);
    if (own !== written) problems.push({ path: [...path, "digest"], at: "key", says: noDigests(connectors) });
    const checked = checkShape(connector.schema, own, path);
    const hush = checkShape(DestinationHush, Object.fromEntries(Object.entries(rest).filter(isHushKey)), path);
    const { shape: shown, problems: troubles } = checkShape(Redact.optional(), redact, [...path, "redact"]);
    problems.push(...checked.problems, ...hush.problems, ...troubles);
    const said = shown !== null && shown !== undefined && { redact: shown };
    destinations.push({ name, type: connector.type, config: checked.shape, ...hushOf(hush.shape), ...said });
  }
  return { destinations, problems };
}

function withoutDigest(written: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (!("digest" in written)) return written;
  const { digest: _, ...rest } = written;
  return rest;
}

function noDigests(connectors: Connectors): string {
  const types = connectors.filter(({ digests }) => digests === true).map(({ type }) => type);
  return `only for channels (${types.join(", ")}), whose readers read many lines in one message: everybody else is told of each incident`;
}

function hushOf(shape: DestinationHush | null): Pick<DestinationConfig, "minSeverity" | "quietHours"> {
  const { min_severity: minSeverity, quiet_hours: hours } = shape ?? {};
  return {
    ...(minSeverity !== undefined && { minSeverity }),
    ...(hours !== undefined && { quietHours: hours === "off" ? null : quietHoursOf(hours) }),
  };
}

/** Each with those links of the file that its connector has a use for. */
export function withLinks(
  destinations: readonly DestinationConfig[],
  connectors: Connectors,
  links: Links,
): readonly DestinationConfig[] {
  return destinations.map((destination) => {
    const kind = connectors.find(({ type }) => type === destination.type);
    return kind?.linked === undefined
      ? destination
      : { ...destination, config: kind.linked(destination.config, links) };
  });
}

/** The connector, or what is wrong with the way it is named. */
function connectorOf(destination: unknown, connectors: Connectors): DestinationKind | string {
  const types = connectors.map(({ type }) => type);
  if (!isMap(destination)) return `expected a map with a type. One of: ${types.join(", ")}`;
  const { type } = destination;
  if (type === undefined) return `has no type. One of: ${types.join(", ")}`;
  if (typeof type !== "string") return `expected one of ${types.join(", ")}`;
  const found = connectors.find((connector) => connector.type === type);
  if (found !== undefined) return found;
  return `no such type${didYouMean(type, types) || `. There are: ${types.join(", ")}`}`;
}
