import { expect, test } from "vitest";
import { hostilePictures } from "../../../test/fixtures/hostile.ts";
import { bruteForce, factsOf } from "../../../test/fixtures/pictures.ts";
import { attachmentOf } from "./attachment.ts";

test("one alert is one line, as Wazuh wrote it", () => {
  const picture = bruteForce();
  const { fileName, contentType, text, shortened } = attachmentOf(picture);
  expect({ fileName, contentType, shortened }).toEqual({
    fileName: "incident-12-alerts.jsonl",
    contentType: "application/x-ndjson",
    shortened: false,
  });
  expect(text).toBe(`${JSON.stringify(picture.first.document)}\n`);
});

test("the newest alert is the second line, and a log that the ticket cuts is whole", () => {
  const log = "x".repeat(200_000);
  const newest = factsOf({ id: "1787216999.1", log });
  const lines = attachmentOf({ ...bruteForce(), newest })
    .text.trimEnd()
    .split("\n");
  expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(["1787216414.101684", "1787216999.1"]);
  expect(lines[1]).toContain(log);
});

test.each([...hostilePictures()])("%s: lines of JSON, well-formed and below the cap", (_, picture) => {
  const { text } = attachmentOf(picture);
  expect(text.isWellFormed()).toBe(true);
  expect(text.length).toBeLessThan(1_200_000);
  for (const line of text.trimEnd().split("\n")) expect(JSON.parse(line)).toBeTypeOf("object");
});
