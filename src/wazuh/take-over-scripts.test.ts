import { describe, expect, it } from "vitest";
import { IntegrationScriptConfig } from "../connectors/integration-script/config.ts";
import { readOssecConf } from "./ossec-conf.ts";
import { takeOver, type TakenOver } from "./take-over.ts";

function taken(text: string): TakenOver {
  return takeOver(readOssecConf(Buffer.from(text)), (name, tag) => ({ file: `/etc/riposte/${name}-${tag}` }));
}

function block(tags: string): string {
  return `<ossec_config>\n  <integration>${tags}</integration>\n</ossec_config>\n`;
}

describe("blocks whose scripts Riposte runs", () => {
  const conf = [
    block(
      "<name>custom-siren</name><hook_url>SECRET-URL</hook_url><api_key>SECRET-KEY</api_key><options>any SECRET</options><alert_format>json</alert_format><timeout>20</timeout><retries>0</retries>",
    ),
    block("<name>custom-old</name><hook_url></hook_url><max_log>300</max_log>"),
    block("<name>pagerduty</name><api_key>SECRET-KEY</api_key><alert_format>json</alert_format>"),
    block("<name>shuffle</name><hook_url>https://shuffle.example/SECRET</hook_url><options>{}</options>"),
  ].join("");

  it("are destinations that call them as integratord does, with their secrets beside them", () => {
    expect(taken(conf).problems).toEqual([]);
    expect(taken(conf).taken.map(({ destination }) => destination)).toEqual([
      {
        type: "integration-script",
        script: "custom-siren",
        hook_url: { file: "/etc/riposte/ossec-custom-siren-hook_url" },
        api_key: { file: "/etc/riposte/ossec-custom-siren-api_key" },
        options: { file: "/etc/riposte/ossec-custom-siren-options" },
        alert_format: "json",
        timeout: 20,
        retries: 0,
      },
      { type: "integration-script", script: "custom-old", alert_format: "text", max_log: 300, timeout: 10, retries: 3 },
      {
        type: "integration-script",
        script: "pagerduty",
        api_key: { file: "/etc/riposte/ossec-pagerduty-api_key" },
        alert_format: "json",
        timeout: 10,
        retries: 3,
      },
      {
        type: "integration-script",
        script: "shuffle",
        hook_url: { file: "/etc/riposte/ossec-shuffle-hook_url" },
        options: { file: "/etc/riposte/ossec-shuffle-options" },
        alert_format: "text",
        max_log: 165,
        timeout: 10,
        retries: 3,
      },
    ]);
    const values = taken(conf).taken.map(({ secrets }) => secrets.map(({ value }) => value.reveal()));
    expect(values).toEqual([
      ["SECRET-URL", "SECRET-KEY", "any SECRET"],
      [],
      ["SECRET-KEY"],
      ["https://shuffle.example/SECRET", "{}"],
    ]);
    expect(JSON.stringify(taken(conf))).not.toContain("SECRET");
  });

  it("pass the schema of their destination, also with numbers that only C takes", () => {
    const odd = block("<name>custom-x</name><timeout>4294967295</timeout><retries>99999999999999999999</retries>");
    for (const { destination } of taken(conf + odd).taken) {
      const { type: _, ...rest } = destination;
      expect(IntegrationScriptConfig.safeParse(rest)).toMatchObject({ success: true });
    }
  });

  it("are in the folder of the Wazuh that the file belongs to", () => {
    const read = readOssecConf(Buffer.from(block("<name>custom-x</name>")));
    const { taken: blocks } = takeOver(read, () => ({ env: "X" }), "/opt/wazuh");

    expect(blocks[0]!.destination).toMatchObject({ wazuh_home: "/opt/wazuh" });
  });
});
