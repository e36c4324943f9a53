import { filterRoute } from "./filter-route.ts";
import { alertRoute } from "./alert-routes.ts";
import { bulkRoutes } from "./bulk-routes.ts";
import { healthRoutes } from "./health.ts";
import { hookRoutes } from "./hook-routes.ts";
import { incidentRoutes } from "./incident-routes.ts";
import { openApiRoute } from "./openapi-route.ts";
import { quarantineRoutes } from "./quarantine-routes.ts";
import type { Route } from "./route.ts";
import { statusRoutes } from "./status-routes.ts";
import { testAlertRoutes } from "./test-alert-routes.ts";
import { workRoutes } from "./work-routes.ts";

/** Everything that can be asked, at either door; the description of the API is made of this list. */
export const routes: readonly Route[] = [
  ...healthRoutes,
  ...statusRoutes,
  ...incidentRoutes,
  ...workRoutes,
  ...quarantineRoutes,
  ...testAlertRoutes,
  ...hookRoutes,
  openApiRoute(() => routes),
  filterRoute,
  alertRoute(),
  ...bulkRoutes(),
];
