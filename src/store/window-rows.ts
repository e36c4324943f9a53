// The rows of windows, both ways. A contribution takes some 20 bytes, and 20 more for each field of `distinct`.
import type { Contribution, FilledWindow, LastExpected, LiveWindow, WindowBook } from "../core/window.ts";
import type { Cell } from "./columns.ts";
import type { Row } from "./rows.ts";
import { fromText, toText } from "./text.ts";
import { fromJson, toJson, type VersionedJson } from "./versioned-json.ts";

/** `{ from, list }`: each as milliseconds since `from`, level, how many it stands for, whether it is an end, values. */
const CONTRIBUTIONS: VersionedJson = { name: "list of what counts in a window", upcasts: [] };
const BODIES: VersionedJson = { name: "list of lines of a window", upcasts: [] };
const LAST: VersionedJson = { name: "alert that is expected again", upcasts: [] };

type Packed = readonly [number, number, number, 0 | 1, ...(string | null)[]];

export function liveWindowCells(row: LiveWindow): Cell[] {
  const from = row.contributions[0]?.at ?? 0;
  const list = row.contributions.map(({ at, level, stands, ends, values }): Packed => [
    at - from,
    level,
    stands,
    ends ? 1 : 0,
    ...values,
  ]);
  return [
    toText(row.policy),
    toText(row.key),
    row.n,
    row.source,
    row.dueAt,
    row.shape,
    toJson(CONTRIBUTIONS, { from, list }),
    row.bodies.length === 0 ? null : toText(toJson(BODIES, { lines: row.bodies })),
    row.last === null ? null : toText(toJson(LAST, row.last)),
  ];
}

export function liveWindowOf(row: Row): LiveWindow {
  const [policy, key, n, source, dueAt, shape, contributions, bodies, last] = row;
  const { from, list } = fromJson<{ from: number; list: readonly Packed[] }>(CONTRIBUTIONS, contributions as string);
  return {
    policy: fromText(policy as string),
    key: fromText(key as string),
    n: n as number,
    source: source as string,
    dueAt: dueAt as number,
    shape: shape as string,
    contributions: list.map(([after, level, stands, ends, ...values]): Contribution => ({
      at: from + after,
      level,
      stands,
      ends: ends === 1,
      values,
    })),
    bodies: bodies === null ? [] : fromJson<{ lines: readonly string[] }>(BODIES, fromText(bodies as string)).lines,
    last: last === null ? null : fromJson<LastExpected>(LAST, fromText(last as string)),
  };
}

export function windowBookCells({ policy, n, live, refused, refusedAt, sinceAt }: WindowBook): Cell[] {
  return [toText(policy), n, live, refused, refusedAt, sinceAt];
}

export function windowBookOf([policy, n, live, refused, refusedAt, sinceAt]: Row): WindowBook {
  return {
    policy: fromText(policy as string),
    n: n as number,
    live: live as number,
    refused: refused as number,
    refusedAt: refusedAt as number | null,
    sinceAt: sinceAt as number | null,
  };
}

export function windowFilledCells({ policy, n, incident, fromAt }: FilledWindow): Cell[] {
  return [toText(policy), n, incident, fromAt];
}

export function windowFilledOf([policy, n, incident, fromAt]: Row): FilledWindow {
  return {
    policy: fromText(policy as string),
    n: n as number,
    incident: incident as number,
    fromAt: fromAt as number,
  };
}
