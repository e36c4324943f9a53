import { expect, test } from "vitest";
import { anIncident, aMass, aMoment, aWork, noon } from "../../test/conformance/store-rows.ts";
import type { IncidentDetail } from "../http/incident-routes.ts";
import { renderIncident, renderIncidentPage } from "./render-incidents.ts";

const plain = (_: unknown, text: string): string => text;
const rest = { group: {}, awaited: [], actions: [], receipts: [], attempts: [], alerts: [] };

test("what is told in a mass event says in which, in the list and in full, and how to have it told by itself", () => {
  const incident = anIncident(12, { collapsedInto: 17 });
  const work = [aWork(12, { state: "listed", reason: "collapsed", evidence: "told in #17" })];
  const detail: IncidentDetail = { ...rest, incident, moments: [aMoment(12, 1)], work };

  expect(renderIncidentPage({ incidents: [incident], next: null }, noon, plain)).toContain("told in #17; rule 5712");
  const shown = renderIncident(detail, noon, plain);
  expect(shown).toContain("told in #17, a mass event");
  expect(shown).toMatch(/chat: not told by itself .*told in #17.*riposte work retry tells it by itself/);
});

test("a mass event says how many it stands for, and how to see them all", () => {
  const incident = anIncident(17, { policy: "riposte:mass:ssh", count: 600 });
  const mass = aMass(17, { members: 600, unresolved: 3 });
  const moments = [aMoment(17, 1, { count: 600 })];

  const shown = renderIncident({ ...rest, incident, mass, moments, work: [] }, noon, plain);

  expect(shown).toContain("600 incidents, 3 not over: riposte incidents list --told-in 17 --state all");
  expect(shown).toContain("opened after 600 incidents");
  expect(renderIncidentPage({ incidents: [incident], next: null }, noon, plain)).toContain("600 incidents");
});
