import { expect, test } from "vitest";
import { compilePolicies, matchAlert } from "../core/match.ts";
import { compileRefusal } from "../core/refusal.ts";
import { wantedRules } from "../core/wanted-rules.ts";
import type { Policy } from "../core/policy.ts";
import { re2 } from "../ports/regex.ts";
import { aPolicy } from "../../test/fixtures/kept-alerts.ts";
import { disable } from "../../test/fixtures/response-rig.ts";
import { wazuhAlert } from "../../test/fixtures/wazuh-alerts.ts";
import { createLineJudge, type Judgement } from "./line-judge.ts";

const brute: Policy = {
  terms: aPolicy({ name: "brute", respond: [disable] }),
  when: { kind: "field", path: "rule.id", test: { kind: "one_of", values: ["5763"] } },
  clear: null,
  continues: false,
};
const mute: Policy = { ...brute, terms: aPolicy({ name: "brute" }) };

/** What a config with this policy makes of an alert, its first bytes looked at first. */
function judged(alert: object, policy: Policy = brute): Judgement {
  const { terms } = policy;
  const judge = createLineJudge(
    compilePolicies([policy], re2),
    compileRefusal([policy], wantedRules([policy])),
    matchAlert,
    terms.respond !== undefined,
  );
  const line = JSON.stringify(alert);
  const bytes = Buffer.from(line);
  return judge.refuse(bytes, 0, bytes.length) ? { kind: "ignored" } : judge.judge(line, 0);
}

const said = {
  v: "1",
  token: "pXv0TqFh2mS8_aA1",
  verb: "add",
  effect: "yes",
  why: "done",
  others: "0",
  found: { password: "locked" },
};
const companion = (riposte: object, id = "110651") =>
  wazuhAlert({ id, level: 3, description: "companion", data: { riposte } });
const of = (data: object, id = "5763", more: object = {}) =>
  wazuhAlert({ id, level: 10, description: "x", data, groups: ["authentication_failures"], ...more });

test("the companion's line is read by its fields, also where no policy responds any more", () => {
  const line = {
    token: "pXv0TqFh2mS8_aA1",
    kind: "looked",
    verb: "add",
    effect: "yes",
    why: "done",
    found: { password: "locked" },
    others: 0,
  };

  expect(judged(companion(said))).toMatchObject({ kind: "kept", alert: { said: line, matches: [] } });
  expect(judged(companion(said), mute)).toMatchObject({ kind: "kept", alert: { said: line } });
});

test("what is no line of it is an alert like others", () => {
  for (const odd of [{ ...said, token: "x" }, { ...said, token: "a; rm -rf ~ a" }, { ...said, effect: "maybe" }, {}]) {
    expect(judged(companion(odd))).toEqual({ kind: "ignored" });
  }
});

test("nothing of a line is shown that is not a plain word", () => {
  const hostile = { ...said, why: "<!channel>", verb: "rm", others: "many", found: { password: "<b>", else: "x" } };

  expect(judged(companion(hostile))).toMatchObject({ alert: { said: { why: "", verb: "", found: {}, others: 0 } } });
});

test("Wazuh's own scripts bring the token back in the order that they log", () => {
  const parameters = {
    alert: { data: { dstuser: "deploy", riposte: { token: said.token } } },
    program: "active-response/bin/disable-account",
  };
  const line = (command: string, id = "657") =>
    wazuhAlert({ id, level: 3, description: "x", data: { command, parameters } });

  expect(judged(line("add"))).toMatchObject({ alert: { said: { kind: "ordered", order: "add", failed: false } } });
  expect(judged(line("delete", "652"))).toMatchObject({ alert: { said: { order: "delete" } } });
  expect(judged(line("add", "658"))).toMatchObject({ alert: { said: { failed: true } } });
});

test("an alert that is answered says who did it, and a login is seen whatever its level", () => {
  const labels = { agent: { id: "003", name: "web-01", labels: { tier: "0", site: { room: "7" } } } };

  expect(judged(of({ srcip: "::ffff:198.51.100.23", dstuser: "deploy" }, "5763", labels))).toMatchObject({
    alert: {
      suspect: {
        kind: "failed",
        user: "deploy",
        address: "198.51.100.23",
        localUser: null,
        labels: { tier: "0", "site.room": "7" },
      },
      matches: [{ respond: [{ target: { kind: "user", name: "deploy" } }] }],
    },
  });
  const login = wazuhAlert({
    id: "5715",
    level: 3,
    description: "in",
    data: { srcip: "198.51.100.23", dstuser: "deploy" },
  });
  expect(judged(login)).toMatchObject({ alert: { suspect: { kind: "login", user: "deploy" }, matches: [] } });
  expect(judged(login, mute)).toEqual({ kind: "ignored" });
});

test("who is at it on the host itself is known by PAM's word alone", () => {
  const local = { srcuser: "mallory", dstuser: "alice", uid: "1001", tty: "/dev/pts/0" };
  const localUser = (data: object, decoder: object = { name: "pam" }) => {
    const found = judged(of(data, "5763", { decoder }));
    return found.kind === "kept" ? found.alert.suspect?.localUser : found.kind;
  };

  expect(localUser(local)).toBe("mallory");
  expect(localUser(local, { name: "sshd" })).toBeNull();
  expect(localUser({ ...local, srcip: "198.51.100.23" })).toBeNull();
  expect(localUser({ ...local, tty: "ssh" })).toBeNull();
  expect(localUser({ ...local, srcuser: "alice" })).toBeNull();
});
