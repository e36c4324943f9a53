import { openApiOf } from "../http/openapi.ts";
import { routes } from "../http/routes.ts";
import { version } from "./version.ts";

/** The HTTP API of this version, as OpenAPI 3.1. */
export function describeApi(): Readonly<Record<string, unknown>> {
  return openApiOf(routes, version);
}
