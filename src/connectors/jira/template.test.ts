import { expect, test } from "vitest";
import { bruteForce, factsOf, pictureOf } from "../../../test/fixtures/pictures.ts";
import { filled, templateTrouble } from "./template.ts";

test.each([
  ["{{ agent.name }}", "web-01"],
  ["{{agent.name|upper}} at {{ rule.level }}", "WEB-01 at 10"],
  ["{{ data.nothing | default: nobody }}", "nobody"],
  ['{{ data.nothing | default: "no one" }}', "no one"],
  ["{{ agent.name | truncate: 3 }}", "web"],
  ["{{ agent.name | json }}", '"web-01"'],
  ["{{ rule.groups }}", "syslog, sshd, authentication_failures"],
  ["#{{ incident.id }} {{ incident.severity | lower }}", "#12 medium"],
  ["{{ incident.nothing }}{{ constructor }}{{ __proto__.x }}", ""],
  ["plain { text } }}", "plain { text } }}"],
])("%s is %s", (template, text) => {
  expect(templateTrouble(template)).toBeNull();
  expect(filled(template, bruteForce())).toBe(text);
});

test("what comes from an alert is one plain line, and is not itself read as a template", () => {
  const picture = pictureOf(factsOf({ agentName: "{{ rule.id }}\r\n\u202eweb\u0000" }));
  expect(filled(["{{ agent.name }}"], picture)).toEqual(["{{ rule.id }} [U+202E]web"]);
  expect(filled({ value: "{{ agent.name }}", n: 1, none: null }, picture)).toMatchObject({ n: 1, none: null });
});

test("a long value is cut, and no emoji in two", () => {
  const picture = pictureOf(factsOf({ agentName: "🙂".repeat(5_000) }));
  const text = filled("{{ agent.name }}", picture);
  expect(typeof text === "string" && text.length).toBeLessThanOrEqual(1_000);
  expect(filled("{{ agent.name | truncate: 3 }}", picture)).toBe("🙂");
});
