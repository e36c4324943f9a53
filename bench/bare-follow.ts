// The other side of `latency`: follows a file and posts each line at once, with nothing parsed, decided or stored.
import { openSync, readSync, watch } from "node:fs";
import { systemClock } from "../src/ports/clock.ts";
import { openUndiciHttp } from "../src/ports/undici-http.ts";

const [path = "", url = ""] = process.argv.slice(2);
const http = openUndiciHttp({ connectionsPerOrigin: 4, clock: systemClock });
const file = openSync(path, "r");
const buffer = Buffer.alloc(2 ** 20);
let readAt = 0;

watch(path, () => {
  const got = readSync(file, buffer, 0, buffer.length, readAt);
  // Whole lines only, as they are appended here.
  readAt += got;
  for (const line of buffer.toString("utf8", 0, got).split("\n")) if (line !== "") post(line);
});
process.on("disconnect", () => process.exit());
process.send?.("following");

function post(line: string): void {
  const id = /"id":"(\d{10}\.\d+)"/.exec(line)?.[1] ?? "";
  const body = `{"incident":{"group":{"id":"${id}"}},"alerts":{"first":${line},"newest":${line}}}`;
  const headers = { "content-type": "application/json" };
  http.request({ method: "POST", url, headers, body, deadlineMs: 10_000, maxAnswerBytes: 1_000 }).then(
    (result) => {
      if (result.kind !== "answered") throw new Error(`the sink did not take it: ${result.reason}`);
    },
    (error: unknown) => {
      throw error;
    },
  );
}
