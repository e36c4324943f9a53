// `riposte serve` with the same parts but one: no line is refused by its bytes, so each is parsed and matched. The
// product has no such switch; what it would cost is what `pipeline` measures against.
import type * as App from "../src/app.ts";
import type * as ReadConfig from "../src/app/read-config.ts";
import type * as Log from "../src/observe/log.ts";
import { builtModule } from "./built.ts";

const { startApp } = await builtModule<typeof App>("app.ts");
const { readConfig } = await builtModule<typeof ReadConfig>("app/read-config.ts");
const { createLog } = await builtModule<typeof Log>("observe/log.ts");

const path = process.argv[process.argv.indexOf("--config") + 1] ?? "";
const read = readConfig(path);
if (read.kind !== "loaded") throw new Error(`the config can't be used: ${JSON.stringify(read)}`);

const asked = Promise.withResolvers<string>();
process.on("SIGTERM", () => asked.resolve("SIGTERM"));
const app = await startApp({
  config: read.config,
  configPath: path,
  log: createLog({ level: "error", pretty: false }),
  died(error) {
    throw error;
  },
  instead: { judge: (real) => ({ refuse: () => false, judge: (line, now) => real.judge(line, now) }) },
});
if (!("stop" in app)) throw new Error(app.message);
await app.stop(await asked.promise);
