// `riposte serve` as it is, but for a death that the environment asks for.
import { readFileSync } from "node:fs";
import { startApp } from "../../src/app.ts";
import { loadConfig } from "../../src/config/load.ts";
import { connectors } from "../../src/connectors/index.ts";
import { createLog } from "../../src/observe/log.ts";
import type { Http } from "../../src/ports/http.ts";
import { dieAt } from "./death.ts";

const [path = ""] = process.argv.slice(2);
const loaded = loadConfig(readFileSync(path, "utf8"), path, connectors);
if (loaded.kind === "refused") throw new Error(JSON.stringify(loaded.errors));

const before = dieAt("before_step");
const after = dieAt("after_step");
const mortal = (real: Http): Http => ({
  async request(request) {
    before();
    const answer = await real.request(request);
    after();
    return answer;
  },
});

const app = await startApp({
  config: loaded.config,
  configPath: path,
  log: createLog({ level: "error" }),
  died: () => process.exit(70),
  instead: { http: mortal, writerEntry: new URL("writer-entry.ts", import.meta.url) },
});
if (!("stop" in app)) throw new Error(app.message);
process.send?.("started");
process.once("SIGTERM", () => {
  app.stop("SIGTERM").then(
    () => process.exit(0),
    () => process.exit(70),
  );
});
