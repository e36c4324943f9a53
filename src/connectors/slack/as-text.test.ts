import { expect, test } from "vitest";
import { bruteForce } from "../../../test/fixtures/pictures.ts";
import { asText } from "./as-text.ts";
import { slack } from "./slack.ts";

const words = { mark: "rp-test-12-soc-1", repeat: false };

function read(config: object): string {
  const step = slack.destination("soc", slack.schema.parse(config)).next(bruteForce(), null, words);
  return asText(step!.body).join("\n");
}

test("a message of the app reads in a terminal as it does in the channel", () => {
  const app = { token: { env: "T" }, channel: "#soc", mention: { severity: { medium: ["here"] } } };
  expect(read({ ...app, console: "https://riposte.example" }).split("\n")).toEqual([
    "Medium · sshd: brute force trying to get access to the system. Authentication failed.",
    "@here",
    "| *Agent* web-01 (003) · 10.0.4.21",
    "| *Rule* 5763 (level 10)",
    "| *Severity* Medium",
    "| *Alerts* 1",
    "| *Time* 2026-08-20 09:00:14 UTC",
    "| *Location* journald",
    "| *User* deploy",
    "| *Source address* 198.51.100.23",
    "| *MITRE ATT&CK* T1110 Brute Force",
    "| ```Aug 20 09:00:14 web-01 sshd[4007]: Failed password for deploy from 198.51.100.23 port 50007 ssh2```",
    "| in Riposte (https://riposte.example/incidents/12)",
    "| Incident #12 · open · policy ssh-brute-force",
  ]);
});

test("so do those of a webhook, in both styles", () => {
  expect(read({ webhook: { env: "W" } })).toContain("| *User* deploy\n");
  expect(read({ webhook: { env: "W" }, style: "legacy" })).toContain("| Agent: (003) - web-01\n");
});
