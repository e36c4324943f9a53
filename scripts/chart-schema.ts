// Writes wazuh-chart/values.schema.json. A test says when that is due.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chartValuesSchema } from "./chart-values-schema.ts";

const file = fileURLToPath(new URL("../wazuh-chart/values.schema.json", import.meta.url));
writeFileSync(file, `${JSON.stringify(chartValuesSchema(), null, 2)}\n`);
process.exitCode = spawnSync("oxfmt", [file], { stdio: "inherit" }).status ?? 1;
