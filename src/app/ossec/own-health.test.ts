import { beforeEach, describe, expect, it } from "vitest";
import { ConfFolder } from "../../../test/fixtures/ossec/conf-folder.ts";
import { filledConf } from "../../../test/fixtures/ossec/original.ts";

const FILLED = filledConf({ slack: "https://hooks.example/1", jira: "https://jira.example/2" });
const SCRIPT = "destinations: { mine: { type: integration-script, script: custom-mine } }\n";
const POLICY = "policies: [{ name: mine, when: { rule.level: 12 }, tell: [mine] }]\n";

let folder: ConfFolder;
beforeEach(() => {
  folder = new ConfFolder();
  folder.write("etc/ossec.conf", "<ossec_config>\n</ossec_config>\n");
  folder.write("integrations.ossec.conf", FILLED);
});

function told(config: string): readonly string[] {
  folder.config(config);
  return folder.read().config.health.tell;
}

describe("who hears of Riposte itself", () => {
  it("are the blocks that it sends where no destination of one's own can", () => {
    expect(told(SCRIPT + POLICY)).toEqual(["ossec-slack", "ossec-custom-jira"]);
    expect(told(`destinations: { chat: { type: slack, webhook: { env: HOOK } } }\n`)).toEqual(["chat"]);
  });

  it("is who the config says, a block as well, or nobody", () => {
    expect(told(`health: { tell: [ossec-slack] }\n${SCRIPT}${POLICY}`)).toEqual(["ossec-slack"]);
    expect(told(`health: { tell: [] }\n${SCRIPT}${POLICY}`)).toEqual([]);
    expect(folder.seen().says).toEqual([]);
  });

  it("is no block that is not there, or that integratord sends, and that is said with its place", () => {
    folder.write("etc/ossec.conf", FILLED.replace("<level>3", "<level>4"));

    expect(told("health: { tell: [ossec-slack-2, ossec-slack-3] }\n")).toEqual([]);

    expect(folder.seen().says.filter((says) => says.includes("health"))).toEqual([
      "/riposte.yaml:4:18 health.tell[0]: is a block that Riposte does not send, so it hears nothing of Riposte itself. riposte takeover moves it",
      "/riposte.yaml:4:33 health.tell[1]: there is no such block now, so it hears nothing of Riposte itself. riposte check lists those there are",
    ]);
  });
});
