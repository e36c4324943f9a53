import type { Digest, ToldIn } from "../core/digest-event.ts";
import type { Reminder } from "../core/rhythm.ts";
import type { Row } from "./rows.ts";

export function reminderOf([incident, kind, source, dueAt, times]: Row): Reminder {
  return {
    incident: incident as number,
    kind: kind as Reminder["kind"],
    source: source as string,
    dueAt: dueAt as number,
    times: times as number,
  };
}

export function digestOf([destination, incident, since, told]: Row): Digest {
  return {
    destination: destination as string,
    incident: incident as number,
    since: since as number,
    told: told as number,
  };
}

export function toldInOf([incident, destination, digest]: Row): ToldIn {
  return { incident: incident as number, destination: destination as string, digest: digest as number };
}
