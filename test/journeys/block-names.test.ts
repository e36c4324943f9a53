// Two blocks of one name; the first is taken out by hand, and what waits for it does not go to the second.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { wazuhAlert } from "../fixtures/wazuh-alerts.ts";
import { RiposteDesk } from "../riposte-desk.ts";
import { usualHookPath } from "../fakes/slack-webhook.ts";

let desk: RiposteDesk;
beforeEach(async () => {
  desk = await RiposteDesk.open();
});
afterEach(() => desk.close());

function blocks(...hooks: readonly string[]): void {
  const all = hooks.map((hook) => `<integration><name>slack</name><hook_url>${hook}</hook_url></integration>\n`);
  desk.secret("integrations.ossec.conf", `<ossec_config>\n${all.join("")}</ossec_config>\n`);
}

describe("the first of two blocks of one name", () => {
  it("takes its name, its receipts and its waiting work with it, also over a restart", async () => {
    const [nobody, slack] = ["http://127.0.0.1:9/nobody", `${desk.slackServed.url}${usualHookPath}`];
    desk.secret("ossec.conf", "<ossec_config>\n</ossec_config>\n");
    blocks(nobody, slack);
    await desk.start("ossec_conf: SECRETS/ossec.conf");
    desk.append(wazuhAlert({ id: "5763", level: 10, description: "one" }));
    await desk.slackServed.arrived(1);
    await expect.poll(() => desk.works()).toEqual(["ossec-slack ready 1"]);
    await desk.stop();

    blocks(slack);
    await desk.start("ossec_conf: SECRETS/ossec.conf");
    desk.append(wazuhAlert({ id: "5710", level: 5, description: "two" }));

    await desk.slackServed.arrived(2);
    await expect.poll(() => desk.works()).toEqual(["ossec-slack dead 1"]);
    const told = desk.slack.posted.map(({ payload }) => JSON.stringify(payload));
    expect(told).toHaveLength(2);
    expect([told[0], told[1]]).toEqual([expect.stringContaining('"one"'), expect.stringContaining('"two"')]);
  });
});
