import { createHmac } from "node:crypto";
import { addressIn } from "./src/connectors/address.ts";
import { signed } from "./src/connectors/webhook/signature.ts";
const key = Buffer.alloc(32, 7);
const body = "x".repeat(3950) + "é";
const bodyA = "x".repeat(3950);
function t(name: string, f: (i: number) => unknown) { for (let r = 0; r < 2; r++) { const a = performance.now(); for (let i = 0; i < 50000; i++) f(i); if (r) console.log(name, ((performance.now() - a) / 50).toFixed(2), "µs"); } }
t("address", () => addressIn("http://127.0.0.1:8080/hook", "url"));
t("URL.parse", () => URL.parse("http://127.0.0.1:8080/hook"));
t("signed", (i) => signed("rp-" + i, 1787216414123, body, key));
t("signed ascii", (i) => signed("rp-" + i, 1787216414123, bodyA, key));
t("createHmac only", () => createHmac("sha256", key).update("x").digest("base64"));
t("iso", (i) => new Date(1787216414123 + i).toISOString());
t("stringify doc", () => JSON.stringify({ a: bodyA }));
