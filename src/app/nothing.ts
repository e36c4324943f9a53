import type { Facts } from "../core/need.ts";

/** The facts of a database in which nothing has happened yet. */
export const NOTHING: Facts = {
  counters: { incident: 0, attempt: 0, audit: 0 },
  sources: [],
  alerts: [],
  incidents: [],
  dueIncidents: [],
  works: [],
  receipts: [],
  attempts: [],
  lanes: [],
  actions: [],
  surges: [],
  masses: [],
};
