// `riposte forward` as it is, without its command line.
import { forwardAlerts } from "../../src/app/forward.ts";
import type { ForwardSettings } from "../../src/forward/settings.ts";

const failure = await forwardAlerts({
  settings: JSON.parse(process.argv[2] ?? "") as ForwardSettings,
  level: "error",
  pretty: false,
  askedToStop: () => new Promise((resolve) => process.once("SIGTERM", () => resolve("SIGTERM"))),
  tellBugsTo: () => {},
});
if (failure !== null) throw new Error(failure.says);
