import { expect, test } from "vitest";
import { wazuhDescription } from "../../fixtures/wazuh-api-rig.ts";
import { describeWithPublishedSpecs } from "../../shared-data.ts";
import { FakeWazuhApi, usualPassword, usualUser } from "./wazuh-api.ts";

const at = Date.parse("2026-11-23T09:00:00Z");

describeWithPublishedSpecs("Wazuh's published description", () => {
  const ask = (method: string, path: string) => ({ method, path, headers: {}, body: "" });

  test("what it does not have is found in a request", () => {
    const description = wazuhDescription()!;

    expect(description.checkRequest(ask("GET", "/agents?status=disconnected&limit=500&offset=0&sort=%2Bid"))).toEqual(
      [],
    );
    expect(description.checkRequest(ask("GET", "/agents?state=disconnected"))).toEqual(["there is no parameter state"]);
    expect(description.checkRequest(ask("GET", "/agents?status=lost"))).toHaveLength(1);
    expect(description.checkRequest(ask("GET", "/agents?limit=0"))).toHaveLength(1);
    expect(description.checkRequest(ask("DELETE", "/agents?agents_list=001"))).toEqual([
      "the parameter status is missing",
    ]);
    expect(description.checkRequest(ask("GET", "/fleet"))).toEqual(["/fleet: there is no such path"]);
  });

  test("what it does not have is found in an answer", () => {
    const description = wazuhDescription()!;
    const check = (status: number, body: unknown) =>
      description.checkAnswer(ask("GET", "/agents"), { status, headers: {}, body: JSON.stringify(body) });

    expect(check(200, { data: { affected_items: [] } })).not.toEqual([]);
    expect(check(418, {})).toEqual(["418 is not described"]);
  });

  test("every answer of the fake fits it, its refusals too", () => {
    const description = wazuhDescription()!;
    const fake = new FakeWazuhApi({ callsAMinute: 14, loginsBeforeBlock: 2 });
    fake.add("001", "web-01", at);
    fake.add("002", "db-01", at);
    Object.assign(fake.add("003", "new", at), { status: "never_connected", lastKeepAliveAt: null });
    fake.lose("002", at);
    let token = "none";
    const say = (method: string, path: string, authorization = `Bearer ${token}`) => {
      const request = { ...ask(method, path), headers: { authorization } };
      const answer = fake.handle(request, at);
      expect(description.checkAnswer(request, answer)).toEqual([]);
      return answer;
    };
    const login = (password: string) =>
      say("POST", "/security/user/authenticate", `Basic ${btoa(`${usualUser}:${password}`)}`);

    expect(say("GET", "/agents").status).toBe(401);
    expect(login("wrong").status).toBe(401);
    token = (JSON.parse(login(usualPassword).body) as { data: { token: string } }).data.token;
    for (const path of [
      "/",
      "/agents",
      "/agents?limit=1&offset=1",
      "/agents?agents_list=001,007",
      "/agents?agents_list=007",
    ])
      expect(say("GET", path).status).toBe(200);
    expect(say("GET", "/security/users/me/policies").status).toBe(200);
    expect(say("GET", "/agents?limit=0").status).toBe(400);
    fake.mayReadAgents = false;
    expect(say("GET", "/agents").status).toBe(403);
    expect([login("wrong").status, login("wrong").status]).toEqual([401, 401]);
  });
});

test("after too many wrong passwords nobody logs in for five minutes, and a token goes on to be good", () => {
  const fake = new FakeWazuhApi({ loginsBeforeBlock: 2 });
  const call = (path: string, authorization: string, nowMs: number) =>
    fake.handle({ method: path === "/" ? "GET" : "POST", path, headers: { authorization }, body: "" }, nowMs);
  const login = (password: string, nowMs: number) =>
    call("/security/user/authenticate", `Basic ${btoa(`${usualUser}:${password}`)}`, nowMs);
  const { data } = JSON.parse(login(usualPassword, at).body) as { data: { token: string } };

  login("wrong", at);
  login("wrong", at);

  expect(login(usualPassword, at + 299_999).status).toBe(403);
  expect(call("/", `Bearer ${data.token}`, at).status).toBe(200);
  expect(login(usualPassword, at + 300_000).status).toBe(200);
});

test("beyond its calls a minute, of all clients together, everybody is refused until a new minute begins", () => {
  const fake = new FakeWazuhApi({ callsAMinute: 2 });
  const call = (nowMs: number) => fake.handle({ method: "GET", path: "/", headers: {}, body: "" }, nowMs).status;

  expect([call(at), call(at + 1), call(at + 2), call(at + 59_999), call(at + 60_000)]).toEqual([
    401, 401, 429, 429, 401,
  ]);
});
