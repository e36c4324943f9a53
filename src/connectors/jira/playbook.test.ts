import { describe, expect, test } from "vitest";
import { adfText } from "../../../test/fakes/adf.ts";
import { jiraRigs, markAfter } from "../../../test/fixtures/jira-rig.ts";
import { agentLost, bruteForce, withMoments } from "../../../test/fixtures/pictures.ts";
import { guided, playbookFrom, shippedPlaybook } from "../../../test/fixtures/playbooks.ts";
import { printOf } from "../../core/handling.ts";
import type { Picture } from "../../core/picture.ts";
import { adfOf } from "./adf.ts";
import { ticketOf } from "./ticket.ts";
import { wikiOf } from "./wiki.ts";

const start = jiraRigs();
const lost = guided(agentLost(), shippedPlaybook("agent-disconnection"));
const NAME = "incident-12-playbook.txt";

function blocksOf(picture: Picture, playbookFile: string | null = null) {
  const options = { wazuhDashboard: null, labels: [], priorities: {}, leftOut: [], playbookFile };
  return ticketOf(picture, { mark: "rp-test-12-soc-1", repeat: false }, options).blocks;
}

describe("what a ticket says of what to do", () => {
  test("in Cloud each step is one to tick off, with its commands below it as they are to be copied", () => {
    const { content } = adfOf(blocksOf(lost));
    const tasks = content.filter(({ type }) => type === "taskList");
    expect(tasks.map((task) => adfText(task).trim())).toEqual([
      "1. Check Wazuh logs (/var/ossec/logs/ossec.log).",
      "2. Verify agent connectivity (/var/ossec/bin/agent_control -l).",
      "3. Restart the agent (/var/ossec/bin/wazuh-control restart).",
      "4. If unresolved, reinstall the agent following the documentation.",
    ]);
    expect(tasks[0]).toMatchObject({ content: [{ type: "taskItem", attrs: { state: "TODO" } }] });
    const shown = content.map(adfText).join("");
    expect(shown).toContain("On the agent:\n/var/ossec/bin/wazuh-control restart\n");
    expect(shown).toContain("grep -F -e 'web-01' /var/ossec/logs/ossec.log\n");
  });

  test("in Data Center they are numbered lines, with the commands in blocks of their own", () => {
    const markup = wikiOf(blocksOf(lost));
    expect(markup).toContain("\n☐ 3. Restart the agent ");
    expect(markup).toContain("{noformat}\n/var/ossec/bin/agent_control -l\n{noformat}");
  });

  test("what was ticked off elsewhere is ticked off in the ticket", () => {
    const playbook = shippedPlaybook("agent-disconnection");
    const print = playbook.kind === "playbook" ? printOf(playbook.steps[2]!) : "";
    const ticks = [{ step: 3, print, isDone: true, changes: 1, by: "Ana", at: 1 }];
    const ticked = guided(agentLost({ handling: { ticks } }), playbook);
    const tasks = adfOf(blocksOf(ticked)).content.filter(({ type }) => type === "taskList");
    expect(tasks.map(({ content }) => content?.[0]?.attrs?.["state"])).toEqual(["TODO", "TODO", "DONE", "TODO"]);
    expect(wikiOf(blocksOf(ticked))).toMatch(/\n☐ 2\. Verify [^]*\n☑ 3\. Restart the agent /);
  });

  test("what the alert lacks is said in words, and no command is made of it", () => {
    const alert = { ...bruteForce().first, document: { agent: { name: "web-01" } } };
    const shown = adfText(
      adfOf(blocksOf(guided({ ...bruteForce(), first: alert }, shippedPlaybook("ssh-brute-force")))),
    );
    expect(shown).toContain("from [data.srcip: not in this alert].");
    expect(shown).toContain(
      "On the agent: no command to copy, since data.dstuser: not in this alert. It would be: passwd -l ‹data.dstuser›\n",
    );
  });

  test("a command is whole or not there: what does not fit is in the file, and the ticket says so", () => {
    const command = `echo ${"x".repeat(1_400)}`;
    const steps = Array.from(
      { length: 12 },
      (_, i) => `${i + 1}. Do it.\n\n   \`\`\`sh agent\n   ${command}\n   \`\`\`\n`,
    );
    const long = guided(agentLost(), playbookFrom(`---\ntitle: Long\n---\n\n${steps.join("\n")}`));
    for (const shown of [adfText(adfOf(blocksOf(long, NAME))), wikiOf(blocksOf(long, NAME))]) {
      expect(new Set(shown.match(/echo x+/g))).toEqual(new Set([command]));
      expect(shown).toMatch(/\d more steps are not shown here: see incident\S*12\S*playbook/);
    }
  });

  test("one that can't be read is no reason to say nothing", () => {
    const shown = adfText(
      adfOf(blocksOf({ ...lost, guidance: { kind: "unreadable", name: "mine", says: "line 3: what" } })),
    );
    expect(shown).toContain(
      "What to do\nThe playbook mine can't be read (line 3: what). riposte check says what to do.\n",
    );
  });
});

describe.each(["Cloud", "Server"] as const)("over there, %s", (deployment) => {
  test("all of it is attached once, after the alerts", async () => {
    const rig = await start({ deployment, config: { attach: true } });
    const { actions, outcomes, receipt } = await rig.drive(lost);
    expect(actions).toEqual(["create", "attach", "attach_playbook"]);
    expect(outcomes.at(-1)?.evidence).toBe(`attached ${NAME} to SEC-1`);
    const file = rig.fake.issue("SEC-1").attachments[1];
    expect(file).toMatchObject({ filename: NAME, mimeType: expect.stringMatching(/^text\/plain/) as string });
    expect(file?.content).toContain("     On the manager (in a cluster, its master):\n       grep -F -e 'web-01' /var");

    const again = await rig.drive(lost, { ...receipt, headDigest: null });
    expect(again.outcomes.at(-1)?.evidence).toBe(`${NAME} is attached to SEC-1`);
    expect(rig.fake.issue("SEC-1").attachments).toHaveLength(2);
    const look = { mark: markAfter(receipt), action: "attach_playbook", receipt, since: Date.now() };
    expect(await rig.destination.find(look, rig.io())).toMatchObject({ kind: "found", others: [] });
  });

  test("nothing in it can be taken for the end of the file", async () => {
    const rig = await start({ deployment, config: { attach: true } });
    const alert = { ...lost.first, document: { full_log: "--riposte-file--" } };
    const picture = guided(
      { ...lost, first: alert },
      playbookFrom("---\ntitle: T\n---\n\n1. Look.\n\n   {{ full_log }}\n"),
    );
    await rig.drive(picture);
    expect(rig.fake.issue("SEC-1").attachments[1]?.content).toBe("What to do: T\n  1. Look.\n     --riposte-file--\n");
  });

  test("what people ticked off stays so when the text is written anew", async () => {
    const rig = await start({ deployment });
    const { receipt } = await rig.drive(lost);
    const issue = rig.fake.issue("SEC-1");
    const written = JSON.stringify(issue.values.get("description"));
    const ticked =
      deployment === "Cloud"
        ? written.replace(/"localId":"riposte-step-2","state":"TODO"/, `"localId":"b3f5","state":"DONE"`)
        : written.replace("☐ 2.", "☑ 2.");
    expect(ticked).not.toBe(written);
    issue.values.set("description", JSON.parse(ticked) as never);

    await rig.drive(withMoments(lost, "escalated"), receipt);

    const now = JSON.stringify(issue.values.get("description"));
    expect(now).not.toBe(ticked);
    if (deployment === "Cloud")
      expect(now.match(/"state":"(?:DONE|TODO)"/g)).toEqual(
        ["TODO", "DONE", "TODO", "TODO"].map((state) => `"state":"${state}"`),
      );
    else expect(now.match(/[☐☑] \d/g)).toEqual(["☐ 1", "☑ 2", "☐ 3", "☐ 4"]);
  });
});

test("a Jira that has no lists to tick off gets the steps as lines, in a new ticket and in every edit", async () => {
  const rig = await start();
  rig.fake.site.unknownNodes.add("taskList");
  const { receipt, outcomes } = await rig.drive(lost);
  expect(outcomes[0]).toMatchObject({ kind: "done", evidence: "created SEC-1" });
  expect(rig.fake.issue("SEC-1").description).toContain("☐ 3. Restart the agent (");

  const edited = await rig.drive(withMoments(lost, "escalated"), receipt);
  expect(edited.outcomes[0]).toMatchObject({ kind: "done", evidence: "edited SEC-1" });
  expect(rig.fake.issue("SEC-1").description).toMatch(/Severity\nCritical[^]*☐ 3\. Restart the agent \(/);
});
