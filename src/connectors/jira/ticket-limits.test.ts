import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { adfFault, adfText } from "../../../test/fakes/adf.ts";
import { readWiki } from "../../../test/fakes/wiki-markup.ts";
import { wildText } from "../../../test/fixtures/any-document.ts";
import { hostilePictures } from "../../../test/fixtures/hostile.ts";
import { bruteForce, factsOf, pictureOf, soundPictures, withMoments } from "../../../test/fixtures/pictures.ts";
import { plainText } from "../../core/plain-text.ts";
import type { Picture } from "../../core/picture.ts";
import { adfOf } from "./adf.ts";
import { JIRA_TEXT_CHARS } from "./document.ts";
import { ticketOf, type TicketOptions } from "./ticket.ts";
import { wikiOf } from "./wiki.ts";

const words = { mark: "rp-0a1b2c3d-12-soc-jira-1", repeat: false };
const options: TicketOptions = { wazuhDashboard: null, labels: [], priorities: {}, leftOut: [] };

function shown(picture: Picture): string {
  return adfText(adfOf(ticketOf(picture, words, options).blocks));
}

/** With another log in its alerts. */
function logging(picture: Picture, first: string, newest: string = first): Picture {
  return { ...picture, first: { ...picture.first, log: first }, newest: { ...picture.newest, log: newest } };
}

describe("what is too long", () => {
  test("200 KB of log end in a note that says how long it was, and nothing else is cut", () => {
    const text = shown(logging(bruteForce(), `the first line\n${"x".repeat(204_785)}`));
    expect(text).toContain("Log\nthe first line\nxxx");
    expect(text).toContain("xxx … [cut: 204,800 characters in all]\nWhat Riposte did\n");
    expect(text.match(/…/g)).toHaveLength(1);
  });

  test("two long logs share the room", () => {
    const document = adfOf(
      ticketOf(logging(bruteForce(), '"a"'.repeat(70_000), "b".repeat(200_000)), words, options).blocks,
    );
    expect(JSON.stringify(document).length).toBeLessThanOrEqual(JIRA_TEXT_CHARS);
    expect(JSON.stringify(document).length).toBeGreaterThan(JIRA_TEXT_CHARS - 10);
    const text = adfText(document);
    expect(text).toContain(" … [cut: 210,000 characters in all]\nLog of the newest alert\nbbb");
    expect(text).toContain("bbb … [cut: 200,000 characters in all]\n");
  });

  test("a rule and an agent whose names are both long say so, each", () => {
    const facts = factsOf({ description: "d".repeat(9_000), agentName: "n".repeat(8_000), agentId: "i".repeat(7_000) });
    const text = shown(pictureOf(facts));
    expect(text).toMatch(/\nRule: 1002 .*dd … \[cut: 9,000 characters in all\]\n/);
    expect(text).toMatch(
      /\nAgent: n.* … \[cut: 8,000 characters in all\] \(i.* … \[cut: 7,000 characters in all\]\)\n/,
    );
  });

  test("a title of 10,000 characters in many lines is a summary of one line that says so", () => {
    const title = "a line\r\n".repeat(1_250);
    const { summary } = ticketOf(pictureOf(factsOf({ description: title })), words, options);
    expect(summary).toMatch(/^\[Wazuh\] a line a line .* … \[cut: 10,008 characters in all\] \(web-01\)$/);
    expect(summary.length).toBeLessThanOrEqual(255);
  });
});

test.each([...soundPictures(), ...hostilePictures()])(
  "%s: a summary of one line, and a body that can be sent",
  (_, picture) => {
    const ticket = ticketOf(picture, words, { ...options, wazuhDashboard: "https://wazuh.example" });
    expect(ticket.summary).toMatch(/^\[Wazuh\] \S[^\n\r]*$/);
    expect(ticket.summary.length).toBeLessThanOrEqual(255);
    expect(JSON.stringify(ticket).isWellFormed()).toBe(true);
    expect(JSON.stringify(ticket)).not.toMatch(/\\ud[89a-f]/i);
    expect(JSON.stringify(ticket).length).toBeLessThan(100_000);
  },
);

test("whatever an alert brings in any of its fields, the ticket is right, fits and shows the log's first line", () => {
  const texts = wildText([
    "{noformat}",
    "|",
    "\n",
    "[~a]",
    '"',
    "\\",
    "\u202e",
    "\ud83d",
    "x".repeat(3_000),
    "{".repeat(900),
  ]);
  const facts = fc.record({
    id: texts,
    ruleId: texts,
    description: texts,
    location: texts,
    user: texts,
    sourceIp: texts,
    manager: texts,
    agentId: texts,
    agentName: texts,
    agentIp: texts,
    log: texts,
    groups: fc.array(texts, { maxLength: 30 }),
    mitre: fc.array(fc.record({ id: texts, technique: fc.option(texts) }), { maxLength: 30 }),
  });
  fc.assert(
    fc.property(facts, fc.dictionary(texts, texts), texts, (some, group, note) => {
      const opened = pictureOf(factsOf(some), {}, group);
      const noted = withMoments(opened, "note", "acknowledged", "resolved");
      const picture = { ...noted, moments: noted.moments.map((moment) => ({ ...moment, by: note, text: note })) };
      const { blocks, summary } = ticketOf(picture, words, { ...options, wazuhDashboard: "https://wazuh.example" });
      const document = adfOf(blocks);
      const markup = wikiOf(blocks);
      const [log] = readWiki(markup);
      const firstLine = (plainText(some.log).split("\n")[0] ?? "").slice(0, 500);

      expect(summary.length).toBeLessThanOrEqual(255);
      expect(adfFault(document)).toBeNull();
      expect(JSON.stringify(document).length).toBeLessThanOrEqual(JIRA_TEXT_CHARS);
      expect(adfText(document)).toContain(firstLine);
      expect(markup.length).toBeLessThanOrEqual(JIRA_TEXT_CHARS);
      expect(log?.kind === "verbatim" ? log.text.replaceAll("｛", "{") : "").toContain(firstLine.trim());
    }),
    { numRuns: 40 },
  );
});
