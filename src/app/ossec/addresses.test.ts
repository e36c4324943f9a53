import { describe, expect, it } from "vitest";
import { ConfFolder, SPOOL } from "../../../test/fixtures/ossec/conf-folder.ts";
import { filledConf } from "../../../test/fixtures/ossec/original.ts";
import { foundBy } from "../read-config.ts";

const JIRA = "https://jira.example/SECRET";

describe("custom-jira that is handed over", () => {
  it("is known by its script, and taken for handed over where integratord's folder can't be looked into", () => {
    const folder = new ConfFolder();
    folder.config("", SPOOL);
    folder.write("etc/ossec.conf", filledConf({ slack: "https://hooks.example/1", jira: JIRA }));
    const state = () => folder.seen().blocks[1];
    expect(state()).toBe("ossec-custom-jira handed_over");

    folder.write("integrations/slack", "#!/bin/sh\n");
    expect(state()).toBe("ossec-custom-jira shadow");

    folder.write("integrations/custom-jira", "#!/bin/sh\n# hands over to riposte\n");
    expect(state()).toBe("ossec-custom-jira handed_over");
  });

  it("is shadow while a policy of one's own tells a destination with its address, and live again when none does", () => {
    const folder = new ConfFolder();
    const own = `destinations: { own: { type: jira-automation, secret: { file: ${folder.path}/own } } }`;
    const policies = (tell: string) => `policies: [{ name: mine, when: { rule.level: ">= 12" }, tell: ${tell} }]`;
    const secret = (url: string): void =>
      folder.write("own", JSON.stringify({ JIRA_URL: url, JIRA_API_KEY: "k", JIRA_PROJECT_KEY: "SEC" }));
    folder.write("etc/ossec.conf", filledConf({ slack: "https://hooks.example/1", jira: JIRA }));
    folder.config(`${own}\n${policies("[own]")}`, SPOOL);
    secret("https://jira.example/another");
    const { blocks, reading } = folder.seen();
    const before = foundBy(folder.read().ossec);
    expect(blocks).toEqual(["ossec-slack shadow", "ossec-custom-jira handed_over"]);

    secret(`  ${JIRA} `);

    const { config, ossec } = folder.read(reading);
    expect(folder.seen(reading)).toMatchObject({
      blocks: ["ossec-slack shadow", "ossec-custom-jira yields"],
      says: [
        "/etc/ossec.conf:11:3 is handed over by integratord's custom-jira, and own posts to the same address: Riposte sends what the policies tell own and not this block, so that nothing is told twice. Take the block out, or own out of the policies",
      ],
    });
    expect(config.destinations.map(({ name, shadow, yieldsTo }) => [name, shadow, yieldsTo])).toEqual([
      ["own", undefined, undefined],
      ["ossec-slack", true, undefined],
      ["ossec-custom-jira", true, "own"],
    ]);
    expect(foundBy(ossec)).not.toEqual(before);

    folder.config(`${own}\n${policies("[]")}`, SPOOL);
    expect(folder.seen().blocks).toEqual(["ossec-slack shadow", "ossec-custom-jira handed_over"]);
  });
});
