import { matchAlert, compileMatch } from "../../src/core/match.ts";
import type { AlertFacts } from "../../src/core/picture.ts";
import type { Condition, Policy } from "../../src/core/policy.ts";
import { compileRefusal } from "../../src/core/refusal.ts";
import type { DestinationTerms, PolicyTerms, Snapshot } from "../../src/core/snapshot.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../src/core/time.ts";
import type { Connector, Destination } from "../../src/connectors/connector.ts";
