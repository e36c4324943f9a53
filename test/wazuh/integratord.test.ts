// The reading of ossec.conf and the decision, against a second implementation that shares nothing with them.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../../src/wazuh/filter.ts";
import { readOssecConf } from "../../src/wazuh/ossec-conf.ts";
import { describeWithSharedData } from "../shared-data.ts";
import { anyAlert, anyOssecConf } from "./any-ossec-conf.ts";
import { type Answer, integratordWould, parse } from "./integratord.ts";

type Document = Readonly<Record<string, unknown>>;

function ours(text: string, document: Document): Answer {
  const conf = readOssecConf(Buffer.from(text));
  return conf.accepted ? conf.blocks.map((block) => decide(block, { document }).kind === "passes") : "ends";
}

describe("ossec.conf and integratord", () => {
  it("any file and any alert are decided as integratord would", () => {
    fc.assert(
      fc.property(anyOssecConf, fc.array(anyAlert, { minLength: 1, maxLength: 4 }), (text, alerts) => {
        for (const alert of alerts) expect(ours(text, alert)).toEqual(integratordWould(text, alert));
      }),
      { numRuns: 3_000 },
    );
  });

  it("every tag of every block comes out as it stands in the file", () => {
    fc.assert(
      fc.property(anyOssecConf, (text) => {
        const conf = readOssecConf(Buffer.from(text));
        fc.pre(conf.accepted);

        const written = (parse(text) ?? [])
          .filter(({ tag }) => tag === "ossec_config")
          .flatMap(({ inside }) => inside.filter(({ tag }) => tag === "integration").map((block) => block.inside));
        const lastOf = (name: string) => written.map((tags) => tags.findLast(({ tag }) => tag === name)?.text);

        const hidden = ["hook_url", "api_key", "options"];
        expect(conf.blocks.map(({ tags }) => tags.map(({ name, shown }) => [name, shown]))).toEqual(
          written.map((tags) => tags.map(({ tag, text: value }) => [tag, hidden.includes(tag) ? null : value])),
        );
        expect(conf.blocks.map(({ hookUrl }) => hookUrl?.value.reveal())).toEqual(lastOf("hook_url"));
        expect(conf.blocks.map(({ apiKey }) => apiKey?.value.reveal())).toEqual(lastOf("api_key"));
        expect(conf.blocks.map(({ options }) => options?.text.reveal() ?? "")).toEqual(
          lastOf("options").map((value) => value ?? ""),
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it("the files and alerts that are tried reach every answer often", () => {
    const tried = fc.sample(fc.tuple(anyOssecConf, anyAlert), { numRuns: 1_000, seed: 7 });

    const answers = tried.map(([text, alert]) => integratordWould(text, alert));
    const blocks = answers.filter((answer) => answer !== "ends").flat();
    const skipped = tried.flatMap(([text, document]) => {
      return readOssecConf(Buffer.from(text)).blocks.map((block) => {
        const verdict = decide(block, { document });
        return verdict.kind === "passes" ? "passes" : verdict.why;
      });
    });

    expect(answers.filter((answer) => answer === "ends").length).toBeGreaterThan(100);
    expect(answers.filter((answer) => answer !== "ends" && answer.length > 1).length).toBeGreaterThan(200);
    expect(blocks.filter((passes) => passes).length).toBeGreaterThan(200);
    expect([...new Set(skipped)].toSorted()).toEqual([
      "disabled",
      "level_too_low",
      "no_level",
      "no_location",
      "no_rule_id",
      "other_group",
      "other_location",
      "other_rule",
      "passes",
    ]);
  });

  it("no bytes at all make the reader throw, and each problem stands on a line of the file", () => {
    const rubbish = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .array(fc.constantFrom("<", ">", "/", "!", "-", "\\", '"', "=", " ", "integration", "ossec_config", "\0", "\n"))
        .map((parts) => new Uint8Array(Buffer.from(parts.join("")))),
    );
    fc.assert(
      fc.property(rubbish, (bytes) => {
        const { problems } = readOssecConf(bytes);
        const lines = Buffer.from(bytes).toString("latin1").split("\n").length;
        for (const { line, column } of problems) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(lines);
          expect(column).toBeGreaterThanOrEqual(1);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describeWithSharedData("integratord and recorded alerts", (fileNamed) => {
  const filters = [
    "<level>3</level><event_location/>",
    "<level>10</level><rule_id>120100,5712, 5763</rule_id>",
    "<group>authentication_failed, authentication_failures</group>",
    "<group>sshd,ossec,windows</group><level>5</level>",
    "<event_location>!eventchannel|^/VAR/log</event_location>",
    "<event_location>journald$|monitord</event_location><rule_id>504,506</rule_id>",
  ];
  const blocks = filters.map((tags) => `<integration><name>custom-x</name>${tags}</integration>`);
  const text = `<ossec_config>${blocks.join("\n")}</ossec_config>`;

  it("each is decided as integratord would, and each filter has some of both", () => {
    const alerts = ["alerts-generated-dashboard-4.14.7.jsonl", "alerts-synthetic-scenarios.jsonl"]
      .flatMap((file) => readFileSync(fileNamed(file), "utf8").split("\n"))
      .filter((line) => line !== "")
      .slice(0, 4_000)
      .map((line) => JSON.parse(line) as Document);
    const { blocks: read } = readOssecConf(Buffer.from(text));

    const passed = filters.map(() => 0);
    for (const document of alerts) {
      const answer = read.map((block) => decide(block, { document }).kind === "passes");
      expect(answer).toEqual(integratordWould(text, document));
      for (const [i, passes] of answer.entries()) passed[i]! += Number(passes);
    }

    expect(passed.filter((count) => count === 0 || count === alerts.length)).toEqual([]);
  });
});
