// A block left ossec.conf with a takeover, and the file it went to is gone at the next start.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RiposteDesk } from "../riposte-desk.ts";

let desk: RiposteDesk;
beforeEach(async () => {
  desk = await RiposteDesk.open({ hurry: 40 });
});
afterEach(() => desk.close());

describe("blocks that nobody sends any more", () => {
  it("are told of as Riposte's own trouble, in the log and in the status", { timeout: 30_000 }, async () => {
    desk.secret("ossec.conf", "<ossec_config>\n</ossec_config>\n");
    desk.secret("ossec.conf.before-riposte-20261123T120000000Z", desk.filledConf);

    await desk.start(`ossec_conf: SECRETS/ossec.conf
destinations: { chat: { type: slack, webhook: { file: SECRETS/slack-webhook } } }
policies: [{ name: none, when: { rule.id: 1 }, tell: [chat] }]`);

    await desk.slackServed.arrived(2);
    const told = JSON.stringify(desk.slack.posted.map(({ payload }) => payload));
    expect(told).toContain("Nobody sends the integration slack any more");
    expect(told).toContain("Nobody sends the integration custom-jira any more");
    expect(desk.logLines.join("")).toContain("slack was taken over and stands neither in");
  });
});
