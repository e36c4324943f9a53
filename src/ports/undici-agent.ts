// undici's agent alone. The front door of the package loads all of it as well, its own fetch, WebSocket, caches and
// mocks: 76 modules and 3.5 MB more that nobody here would use.
import { createRequire } from "node:module";
import type { Agent as AgentOfUndici } from "undici";

export const Agent = createRequire(import.meta.url)("undici/lib/dispatcher/agent.js") as typeof AgentOfUndici;
export type Agent = AgentOfUndici;
