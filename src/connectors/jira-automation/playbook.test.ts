import { expect, test } from "vitest";
import { agentLost, bruteForce, withMoments } from "../../../test/fixtures/pictures.ts";
import { hostileTexts } from "../../../test/fixtures/hostile.ts";
import { FULL_OF_VALUES, guided, playbookFrom, shippedPlaybook } from "../../../test/fixtures/playbooks.ts";
import type { Picture } from "../../core/picture.ts";
import { ticketOf } from "./ticket.ts";

function descriptionOf(picture: Picture): string {
  const ticket = ticketOf(picture, { mark: "rp-test-12-soc-1", repeat: false }, "Task", null);
  return String((ticket as { description: unknown }).description);
}

test("the ticket says what to do, with every command on a line of its own and where it runs", () => {
  const description = descriptionOf(guided(agentLost(), shippedPlaybook("agent-disconnection")));
  expect(description).toContain(
    [
      "What to do (Agent disconnected):",
      "Agent web-01 (003, 10.0.4.21) no longer talks to its manager: nothing that happens on it is seen.",
      "1. Check Wazuh logs (/var/ossec/logs/ossec.log).",
    ].join("\n"),
  );
  expect(description).toContain("On the agent:\n    /var/ossec/bin/wazuh-control restart\n");
  expect(description).toContain("On the manager (in a cluster, its master):\n    /var/ossec/bin/agent_control -l\n");
});

test("a value that Jira would read as markup is in no command: it would come out as another", () => {
  const playbook = playbookFrom(
    "---\ntitle: T\n---\n\n1. Lock it.\n\n   ```sh agent\n   passwd -l {{ data.dstuser }}\n   ```\n",
  );
  const first = { ...bruteForce().first, document: { data: { dstuser: "x{{now}}" } } };
  const description = descriptionOf(guided({ ...bruteForce(), first }, playbook));
  expect(description).toContain("On the agent: Jira can't show this command as it is: riposte incidents show 12 does.");
  expect(description).not.toContain("passwd");
});

test("however long the playbook and the logs are, the ticket stays below Jira's limit and says what it leaves out", () => {
  const log = "x".repeat(20_000);
  const first = { ...bruteForce().first, log, document: { full_log: hostileTexts["marks"] } };
  const newest = { ...first, log: `${log}y` };
  const picture = withMoments(
    { ...bruteForce({ count: 9 }), first, newest },
    ..."note "
      .repeat(30)
      .trim()
      .split(" ")
      .map(() => "note" as const),
  );
  const steps = Array.from({ length: 40 }, (_, i) => `${i + 1}. ${"Look at it. ".repeat(100)}\n`).join("");
  for (const playbook of [FULL_OF_VALUES, playbookFrom(`---\ntitle: Long\n---\n\n${steps}`)]) {
    const description = descriptionOf(guided(picture, playbook));
    expect(description.length).toBeLessThanOrEqual(32_767);
    expect(description).toContain("more steps are not shown here: riposte incidents show 12");
    expect(description).toContain("Riposte mark: rp-test-12-soc-1");
  }
});
