import { SECRET_REFRESH_MS } from "../core/secret-refresh.ts";
import type { WayOutSettings } from "./way-out-settings.ts";

/** How AWS is reached: `aws` of the config. What is null here the SDK finds by itself: environment, profile, machine. */
export interface AwsSettings {
  readonly region: string | null;
  /** Without a slash at the end. */
  readonly endpoint: string | null;
  /** How often secrets are looked at again. */
  readonly refreshMs: number;
  /** How its hosts are reached; straight out if not said. */
  readonly wayOut?: WayOutSettings;
}

export const USUAL_AWS: AwsSettings = { region: null, endpoint: null, refreshMs: SECRET_REFRESH_MS };
