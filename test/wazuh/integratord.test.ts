// The reading of ossec.conf and the decision, against a second implementation that shares nothing with them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../../src/wazuh/filter.ts";
import { readOssecConf } from "../../src/wazuh/ossec-conf.ts";
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
