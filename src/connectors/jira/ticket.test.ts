import { describe, expect, test } from "vitest";
import { adfLinks, adfText } from "../../../test/fakes/adf.ts";
import { agentLost, bruteForce, withMoments } from "../../../test/fixtures/pictures.ts";
import { guided, playbookFrom } from "../../../test/fixtures/playbooks.ts";
import type { Picture } from "../../core/picture.ts";
import { adfOf } from "./adf.ts";
import { labelOf, ticketOf, withLeftOut, type TicketOptions } from "./ticket.ts";
import { wikiOf } from "./wiki.ts";

const words = { mark: "rp-0a1b2c3d-12-soc-jira-1", repeat: false };
const options: TicketOptions = { wazuhDashboard: null, labels: [], priorities: {}, leftOut: [] };

function shown(picture: Picture, more: Partial<TicketOptions> = {}, repeat = false): string {
  return adfText(adfOf(ticketOf(picture, { ...words, repeat }, { ...options, ...more }).blocks));
}

/** With another log in its alerts. */
function logging(picture: Picture, first: string, newest: string = first): Picture {
  return { ...picture, first: { ...picture.first, log: first }, newest: { ...picture.newest, log: newest } };
}

describe("a ticket to read", () => {
  test("a brute force that has been going on for a while", () => {
    const picture = withMoments(
      bruteForce({ count: 4_321, lastAt: bruteForce().incident.firstAt + 900_000 }),
      "escalated",
    );
    const ticket = ticketOf(picture, words, {
      ...options,
      wazuhDashboard: "https://wazuh.example/",
      labels: ["soc"],
      priorities: { critical: "Highest" },
    });

    expect(ticket.summary).toBe(
      "[Wazuh] sshd: brute force trying to get access to the system. Authentication failed. (web-01)",
    );
    expect(ticket.labels).toEqual(["riposte", "rp-0a1b2c3d-12-soc-jira-1", "soc"]);
    expect(ticket.priority).toBe("Highest");
    expect(adfText(adfOf(ticket.blocks)).split("\n")).toEqual([
      "Incident: #12",
      "State: Open",
      "Severity: Critical",
      "Policy: ssh-brute-force",
      "Rule: 5763 (level 10) sshd: brute force trying to get access to the system. Authentication failed.",
      "Agent: web-01 (003)",
      "User: deploy",
      "Source address: 198.51.100.23",
      "Agent's address: 10.0.4.21",
      "Location: journald",
      "Manager: wazuh-manager-master-0",
      "MITRE ATT&CK: T1110 Brute Force",
      "Rule groups: syslog, sshd, authentication_failures",
      "Alerts: 4,321",
      "First alert: 2026-08-20 09:00:14 UTC, Wazuh's id 1787216414.101684",
      "Newest alert: 2026-08-20 09:15:14 UTC",
      "In Wazuh: alerts of this rule · agent web-01",
      "Log",
      "Aug 20 09:00:14 web-01 sshd[4007]: Failed password for deploy from 198.51.100.23 port 50007 ssh2",
      "What happened",
      "2026-08-20 09:00:15 UTC Opened",
      "2026-08-20 09:02:14 UTC Escalated to critical",
      "What Riposte did",
      "Put 4,321 alerts into this one ticket, by agent.id 003, data.srcip 198.51.100.23.",
      "Changed nothing on any machine: this version only reports.",
      "",
    ]);
    expect(adfLinks(adfOf(ticket.blocks))).toContain("https://attack.mitre.org/techniques/T1110/");
  });

  test("a lost agent, in Data Center's markup", () => {
    expect(wikiOf(ticketOf(withMoments(agentLost(), "resolved"), words, options).blocks)).toBe(`\
||Incident|#12|
||State|Resolved: no further alert came, 2026-08-20 10:00:14 UTC|
||Severity|Low|
||Policy|agent-lost|
||Rule|504 (level 3) Wazuh agent disconnected.|
||Agent|web-01 &#40;003)|
||Agent's address|10.0.4.21|
||Location|wazuh-monitord|
||Manager|wazuh-manager-master-0|
||Rule groups|ossec|
||Alerts|1|
||Alert|2026-08-20 09:00:14 UTC, Wazuh's id 1787216414.101684|

h3. Log

{noformat}
ossec: Agent disconnected: 'web-01-any'.
{noformat}

h3. What happened

* *2026-08-20 09:00:15 UTC* Opened
* *2026-08-20 09:02:14 UTC* Resolved

h3. What Riposte did

* Put 1 alert into this one ticket, by agent.id 003.
* Changed nothing on any machine: this version only reports.`);
  });

  test("what people did is in it, and only the latest of it", () => {
    const many = withMoments(bruteForce(), "acknowledged", ...Array.from({ length: 9 }, () => "note" as const));
    expect(shown(many)).toContain("State: Acknowledged by alice\n");
    expect(shown(many)).toContain(
      "What happened\n5 earlier ones are not shown\n2026-08-20 09:06:14 UTC Note by alice: looking at it\n",
    );
  });

  test("who resolved it is said", () => {
    const [, , resolved] = withMoments(bruteForce(), "acknowledged", "resolved").moments;
    const picture = withMoments(bruteForce(), "acknowledged", "resolved");
    if (resolved === undefined) throw new Error("a picture without its moments");
    const byBob: Picture = {
      ...picture,
      incident: { ...picture.incident, resolvedBy: "person" },
      moments: [...picture.moments.slice(0, 2), { ...resolved, by: "bob", text: "disk replaced" }],
    };
    expect(shown(byBob)).toContain("State: Resolved by bob, 2026-08-20 10:00:14 UTC\n");
    expect(shown(byBob)).toContain("Resolved by bob: disk replaced\n");
  });

  test("the newest log is beside the first where they differ", () => {
    const text = shown(logging(bruteForce(), "one", "two"));
    expect(text).toContain("Log\none\nLog of the newest alert\ntwo\n");
  });

  test("a playbook's steps have their place", () => {
    const playbook = playbookFrom("---\ntitle: Guessing\n---\n\n1. Ask the owner of the account.\n");
    expect(shown(guided(bruteForce(), playbook))).toContain(
      "What to do: Guessing\n1. Ask the owner of the account.\nLog\n",
    );
  });

  test("what Jira refused is said, and a ticket without labels carries the mark in its last line", () => {
    const text = shown(bruteForce(), { leftOut: [{ field: "priority", why: "not on the screen" }] });
    expect(text).toContain("Jira refused: priority (not on the screen)\n");
    expect(text).not.toContain(words.mark);
    expect(shown(bruteForce(), { leftOut: [{ field: "labels", why: "not on the screen" }] })).toMatch(
      /\nRiposte mark: rp-0a1b2c3d-12-soc-jira-1\n$/,
    );
    const { blocks } = ticketOf(bruteForce(), words, options);
    expect(withLeftOut(blocks, [], words.mark)).toBe(blocks);
  });

  test("a possible repeat says so at the top", () => {
    expect(shown(bruteForce(), {}, true)).toMatch(/^Possible repeat: .*Look for another one of incident #12\.\n/);
  });
});

test.each([
  ["soc team", "soc-team"],
  ["  two\u00a0words\n", "two-words"],
  ["as-it-is", "as-it-is"],
  ["🙂", "🙂"],
  ["\u0000 ", null],
])("the label %j is sent as %j", (given, label) => {
  expect(labelOf(given)).toBe(label);
});

test("labels are ones that Jira takes, each once", () => {
  const { labels } = ticketOf(bruteForce(), words, {
    ...options,
    labels: ["riposte", "soc team", " ", "x".repeat(999)],
  });
  expect(labels).toHaveLength(4);
  for (const label of labels) expect(label).toMatch(/^\S{1,255}$/);
});

describe("the digest", () => {
  test("stays when a step is made again, under another mark, or without what Jira refused", () => {
    const { digest } = ticketOf(bruteForce(), words, options);
    expect(ticketOf(bruteForce(), { mark: "rp-0-12-x-9", repeat: true }, options).digest).toBe(digest);
    expect(ticketOf(bruteForce(), words, { ...options, leftOut: [{ field: "labels", why: "no" }] }).digest).toBe(
      digest,
    );
    expect(ticketOf(structuredClone(bruteForce()), words, options).digest).toBe(digest);
  });

  test.each<[string, Picture, Partial<TicketOptions>]>([
    ["another alert", bruteForce({ count: 2 }), {}],
    ["a newer one", bruteForce({ count: 2, lastAt: 1 }), {}],
    ["another severity", bruteForce({ severity: "critical" }), {}],
    ["another moment", withMoments(bruteForce(), "note"), {}],
    ["another log", logging(bruteForce(), "x"), {}],
    ["a label in the config", bruteForce(), { labels: ["x"] }],
    ["a priority in the config", bruteForce(), { priorities: { medium: "High" } }],
    ["a dashboard in the config", bruteForce(), { wazuhDashboard: "https://wazuh.example" }],
  ])("changes with %s", (_, picture, more) => {
    expect(ticketOf(picture, words, { ...options, ...more }).digest).not.toBe(
      ticketOf(bruteForce(), words, options).digest,
    );
  });

  test("of an unfinished log does not change with what nobody sees", () => {
    const long = (end: string): Picture => logging(bruteForce(), "x".repeat(100_000) + end);
    expect(ticketOf(long("a"), words, options).digest).toBe(ticketOf(long("b"), words, options).digest);
  });
});
