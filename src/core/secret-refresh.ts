import { MINUTE_MS } from "./time.ts";

/** How often a secret that is kept elsewhere is read again, where nobody says otherwise. */
export const SECRET_REFRESH_MS = 5 * MINUTE_MS;
