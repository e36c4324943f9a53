// A Jira that makes every ticket it is asked for and hangs up without a word.
import { expect, it, onTestFinished } from "vitest";
import { serveCuttingJira } from "../fakes/jira-cutting.ts";
import { passwordGuess } from "../fixtures/wazuh-alerts.ts";
import { RiposteDesk } from "../riposte-desk.ts";

const INCIDENTS = 25;
/** More, and the breaker lets them go one by one: that takes an hour. */
const AT_ONCE = 5;
const USERS = Array.from({ length: INCIDENTS }, (_, n) => `user${n}`);

it("as many issues as incidents, although no ticket was ever confirmed", { timeout: 180_000 }, async () => {
  const desk = await RiposteDesk.open({ hurry: 40 });
  onTestFinished(() => desk.close());
  const jira = await serveCuttingJira({ cutsReads: false, now: () => desk.clock.now() });
  onTestFinished(jira.close);
  desk.secret("jira-token", "any");
  await desk.start(`
destinations:
  soc-jira: { type: jira, url: "${jira.url}", email: a@example.com, token: { file: SECRETS/jira-token }, project: SEC }
policies: [{ name: guesses, when: { rule.id: 120100 }, group_by: [data.dstuser], collapse: off, tell: [soc-jira] }]`);

  for (let first = 0; first < INCIDENTS; first += AT_ONCE) {
    desk.append(...USERS.slice(first, first + AT_ONCE).map((user) => passwordGuess(user)));
    await expect.poll(() => jira.issues.length, LONG).toBeGreaterThanOrEqual(first + AT_ONCE);
    await expect.poll(() => desk.workLeft(), LONG).toEqual({});
  }
  await desk.stop();

  // Riposte may have had something to tell of itself as well.
  const named = jira.issues.flatMap(({ fields }) => /account (\w+)/.exec(fields.summary ?? "")?.[1] ?? []);
  expect(named.toSorted()).toEqual(USERS.toSorted());
});

const LONG = { timeout: 60_000, interval: 50 };
