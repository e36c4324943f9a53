// A Jira that does what it is asked and hangs up without a word on the first call of each.
import { expect, it, onTestFinished } from "vitest";
import { serveCuttingJira } from "../fakes/jira-cutting.ts";
import { passwordGuess } from "../fixtures/wazuh-alerts.ts";
import { RiposteDesk } from "../riposte-desk.ts";

const INCIDENTS = 25;
const USERS = Array.from({ length: INCIDENTS }, (_, n) => `user${n}`);

it("as many issues as incidents, although no ticket was ever confirmed", { timeout: 180_000 }, async () => {
  const desk = await RiposteDesk.open({ hurry: 40 });
  onTestFinished(() => desk.close());
  // Were what only reads cut off as well, the breaker would make it a matter of hours.
  const jira = await serveCuttingJira({ cutsReads: false, now: () => desk.clock.now() });
  onTestFinished(jira.close);
  desk.secret("jira-token", "any");
  await desk.start(`
destinations:
  soc-jira: { type: jira, url: "${jira.url}", email: a@example.com, token: { file: SECRETS/jira-token }, project: SEC }
policies: [{ name: guesses, when: { rule.id: 120100 }, group_by: [data.dstuser], tell: [soc-jira] }]`);

  desk.append(...USERS.map((user) => passwordGuess(user)));
  const seen = () => [jira.issues.length, desk.workLeft()];
  await expect.poll(() => jira.issues.length, { timeout: 100_000, interval: 100 }).toBe(INCIDENTS);
  await expect.poll(seen, { timeout: 60_000, interval: 100 }).toEqual([INCIDENTS, {}]);
  await desk.stop();

  const named = jira.issues.map(({ fields }) => /account (\w+)/.exec(fields.summary ?? "")?.[1]);
  expect(named.toSorted()).toEqual(USERS.toSorted());
});
