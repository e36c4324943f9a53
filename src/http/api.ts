import type { Identify } from "./caller.ts";
import { createDoor, type Door } from "./door.ts";
import type { ApiParts } from "./parts.ts";
import { problem } from "./problem.ts";
import { routes } from "./routes.ts";
import { callerAtSocket } from "./socket-caller.ts";

/** The door at `http.listen`: health and numbers for everybody, the rest for whom `identify` knows. */
export function createPublicDoor(parts: ApiParts, identify: Identify = nobody): Door {
  return createDoor(parts, routes, identify);
}

/** The admin socket: its owner may ask and do everything. */
export function createApi(parts: ApiParts): Door {
  return createDoor(parts, routes, callerAtSocket);
}

const nobody: Identify = (context) =>
  problem(context, "unauthorised", "the config names nobody who may ask here (http.tokens)", {
    "WWW-Authenticate": "Bearer",
  });
