import { filterRoute } from "./filter-route.ts";
import { AlertRoom } from "./alert-room.ts";
import { alertRoute } from "./alert-routes.ts";
import { bulkRoutes } from "./bulk-routes.ts";
import { healthRoutes } from "./health.ts";
import { hookRoutes } from "./hook-routes.ts";
import { incidentRoutes } from "./incident-routes.ts";
import { ledgerRoutes } from "./ledger-routes.ts";
import { openApiRoute } from "./openapi-route.ts";
import { responseRoutes } from "./response-routes.ts";
import { quarantineRoutes } from "./quarantine-routes.ts";
import type { Route } from "./route.ts";
import { silenceRoutes } from "./silence-routes.ts";
import { slackRoutes } from "./slack-hook.ts";
import { statusRoutes } from "./status-routes.ts";
import { testAlertRoutes } from "./test-alert-routes.ts";
import { workRoutes } from "./work-routes.ts";

/** What both take is on its way in together. */
const room = new AlertRoom();

/** Everything that can be asked, at either door; the description of the API is made of this list. */
export const routes: readonly Route[] = [
  ...healthRoutes,
  ...statusRoutes,
  ...incidentRoutes,
  ...ledgerRoutes,
  ...workRoutes,
  ...responseRoutes,
  ...silenceRoutes,
  ...quarantineRoutes,
  ...testAlertRoutes,
  ...hookRoutes,
  ...slackRoutes,
  openApiRoute(() => routes),
  filterRoute,
  alertRoute({ room }),
  ...bulkRoutes({ room }),
];
