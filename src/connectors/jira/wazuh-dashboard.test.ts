import { expect, test } from "vitest";
import { bruteForce, factsOf, pictureOf } from "../../../test/fixtures/pictures.ts";
import { dashboardLinks } from "./wazuh-dashboard.ts";

function addresses(dashboard: string, picture = bruteForce()): readonly string[] {
  return dashboardLinks(dashboard, picture).map((inline) => (inline.kind === "link" ? inline.url : "no link"));
}

test("they lead to the rule's alerts of that time, and to the agent", () => {
  const [alerts = "", agent] = addresses("https://wazuh.example");
  expect(decodeURIComponent(alerts)).toBe(
    "https://wazuh.example/app/threat-hunting#/overview/?tab=general&tabView=events&agentId=003" +
      `&_a=(filters:!(),query:(language:kuery,query:'rule.id:"5763"'))` +
      "&_g=(filters:!(),refreshInterval:(pause:!t,value:0)," +
      "time:(from:'2026-08-20T08:59:14.123Z',to:'2026-08-20T09:01:14.123Z'))",
  );
  expect(agent).toBe("https://wazuh.example/app/endpoints-summary#/agents?tab=welcome&agent=003");
});

test.each(["https://wazuh.example/", "https://wazuh.example/#/x", "https://wazuh.example?a=b"])(
  "%s is where the dashboard is, whatever stands behind it",
  (dashboard) => {
    expect(addresses(dashboard)).toEqual(addresses("https://wazuh.example"));
  },
);

test("a dashboard below a path keeps it", () => {
  expect(addresses("https://soc.example/wazuh/")[1]).toMatch(/^https:\/\/soc\.example\/wazuh\/app\//);
});

test("ids that are none go into no address", () => {
  const evil = "003') or (agent.name:*";
  const [alerts, ...others] = addresses("https://wazuh.example", pictureOf(factsOf({ agentId: evil, ruleId: evil })));
  expect(alerts).not.toContain("003");
  expect(others).toEqual([]);
});

test("no address comes of what is none, or holds a password", () => {
  expect(dashboardLinks("javascript:alert(1)", bruteForce())).toEqual([]);
  expect(dashboardLinks("https://user:password@wazuh.example", bruteForce())).toEqual([]);
});
