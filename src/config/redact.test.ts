import { describe, expect, it } from "vitest";
import { connectors } from "../connectors/index.ts";
import { loadConfig } from "./load.ts";
import { snapshotOf } from "./snapshot.ts";

function load(ofAll: string | null, chat = "{ type: slack, webhook: { file: /etc/riposte/slack } }") {
  const text = [
    "wazuh: { alerts: /var/ossec/logs/alerts/alerts.json }",
    `destinations: { chat: ${chat} }`,
    "policies: [{ name: any, when: { rule.level: '>= 3' }, tell: [chat] }]",
    ...(ofAll === null ? [] : [`redact: ${ofAll}`]),
    "",
  ].join("\n");
  return loadConfig(text, "riposte.yaml", connectors);
}

function errors(...given: Parameters<typeof load>): readonly string[] {
  const loaded = load(...given);
  if (loaded.kind === "loaded") return [];
  return loaded.errors.map(({ line, column, path, says }) => `${line}:${column} ${path} ${says}`);
}

function redactOf(...given: Parameters<typeof load>) {
  const loaded = load(...given);
  if (loaded.kind === "refused") throw new Error(loaded.errors.map(({ says }) => says).join("\n"));
  return snapshotOf(loaded.config, connectors).snapshot.destinations["chat"]?.redact;
}

const usual = { secrets: true, names: [], fields: [] };

describe("redact", () => {
  it("leaves out the usual secrets where nothing is said", () => {
    expect(redactOf(null)).toBeUndefined();
  });

  it("holds for all destinations, but for those that say something of their own", () => {
    expect(redactOf("{ fields: [raw.data.srcuser, agent.ip] }")).toEqual({
      ...usual,
      fields: ["data.srcuser", "agent.ip"],
    });
    const own = "{ type: slack, webhook: { file: /x }, redact: { names: [employee_pin] } }";
    expect(redactOf("{ fields: [agent.ip] }", own)).toEqual({ ...usual, names: ["employee_pin"] });
    expect(redactOf("off")).toBe("off");
    expect(redactOf("{ fields: [agent.ip] }", "{ type: slack, webhook: { file: /x }, redact: off }")).toBe("off");
  });

  it.each(["slack, webhook: { file: /x }, style: legacy", "integration-script, script: custom-x"])(
    "leaves out nothing of what integratord would have sent, unless that is said there: %s",
    (chat) => {
      expect(redactOf("{ fields: [agent.ip] }", `{ type: ${chat} }`)).toBe("off");
      expect(redactOf(null, `{ type: ${chat}, redact: {} }`)).toEqual(usual);
    },
  );

  it("is part of the config's hash", () => {
    const hashOf = (of: string | null): string => {
      const loaded = load(of);
      return loaded.kind === "loaded" ? snapshotOf(loaded.config, connectors).snapshot.hash : "";
    };
    expect(new Set([hashOf(null), hashOf("off"), hashOf("{ fields: [agent.ip] }")]).size).toBe(3);
  });

  it.each([
    ["on", ["4:9 redact expected off, or a map with names and fields. Example: redact: { fields: [data.srcuser] }"]],
    ["{ field: [agent.ip] }", ["4:11 redact.field unknown key. Did you mean fields?"]],
    ["{ fields: [agent ip] }", ["4:20 redact.fields[0] expected the name of a field. Example: data.srcuser"]],
    ["{ fields: [rule.id] }", ["4:20 redact.fields[0] every alert is known by this field, so it can't be left out"]],
    [
      "{ names: [a] }",
      ["4:19 redact.names[0] expected a name of 3 to 64 letters, digits, _ and -. Example: employee_pin"],
    ],
  ])("%s is refused with what to write", (text, says) => {
    expect(errors(text)).toEqual(says);
  });

  it("is refused within a destination at its place", () => {
    expect(errors(null, "{ type: slack, webhook: { file: /x }, redact: no }")).toEqual([
      "2:69 destinations.chat.redact expected off, or a map with names and fields. Example: redact: { fields: [data.srcuser] }",
    ]);
  });
});
