import { z } from "zod";
import { isThisMachine } from "../core/no-proxy.ts";
import { SECRET_REFRESH_MS } from "../core/secret-refresh.ts";
import { HOUR_MS, SECOND_MS } from "../core/time.ts";
import type { AwsSettings } from "../ports/aws-settings.ts";
import type { WayOutSettings } from "../ports/way-out-settings.ts";
import { durationField } from "./duration.ts";
import { wayOutOf, type HttpClient } from "./http-client.ts";

const ENDPOINT = "https://vpce-0abc-1def.secretsmanager.eu-central-1.vpce.amazonaws.com";

/** What is wrong with the endpoint; null where nothing is. A word of it is not repeated: a login may be in it. */
function endpointTrouble(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return `not a URL. Example: ${ENDPOINT}`;
  if (url.username !== "" || url.password !== "")
    return "a login does not belong in the address: calls are signed with AWS's own credentials";
  if (url.protocol !== "https:" && !isThisMachine(url.hostname.replaceAll(/[[\]]/g, "")))
    return `expected https: secrets come from there. Plain http is taken for this machine only. Example: ${ENDPOINT}`;
  if (url.search !== "" || url.hash !== "") return `expected the address alone. Example: ${ENDPOINT}`;
  return null;
}

/** `aws`: how secrets that are named by { aws: … } are reached. */
export const Aws = z
  .strictObject({
    region: z
      .string()
      .regex(/^[a-z]{2}(?:-[a-z]+)+-\d{1,2}$/, { error: "expected an AWS region. Example: eu-central-1" })
      .optional()
      .meta({
        description:
          "Where the secrets are, but for those that are named by an ARN, which says where. If not said: AWS_REGION, or the region of AWS's own config file.",
        examples: ["eu-central-1"],
      }),
    endpoint: z
      .string()
      .superRefine((text, context) => {
        const message = endpointTrouble(text);
        if (message !== null) context.addIssue({ code: "custom", message });
      })
      .optional()
      .meta({
        description: "A private endpoint of Secrets Manager, instead of the region's own.",
        examples: [ENDPOINT],
      }),
    refresh: durationField({ leastMs: 10 * SECOND_MS, example: "5m" })
      .refine((ms) => ms <= 24 * HOUR_MS, { error: "too long: at most 24h, or a rotated secret is noticed too late" })
      .default(SECRET_REFRESH_MS)
      .meta({ description: "How often they are looked at again, beside whenever one is refused. 5m." }),
  })
  .meta({ description: "How secrets that are named by { aws: … } are reached." });
export type Aws = z.infer<typeof Aws>;

/** How AWS is reached, where the config says anything of it; by `http_client` as everything else. */
export function awsIn(aws: Aws | undefined, client: HttpClient | undefined): { readonly aws?: AwsSettings } {
  if (aws === undefined && client === undefined) return {};
  const wayOut = client === undefined ? {} : { wayOut: wayToAws(wayOutOf(client)) };
  return { aws: { ...awsOf(aws ?? { refresh: SECRET_REFRESH_MS }), ...wayOut } };
}

function awsOf({ region, endpoint, refresh }: Aws): AwsSettings {
  return { region: region ?? null, endpoint: endpoint?.replace(/\/+$/, "") ?? null, refreshMs: refresh };
}

/** `http_client` as far as AWS can be reached by it: what is itself a secret in AWS can't lead there. */
function wayToAws({ proxy, cert, key, ...rest }: WayOutSettings): WayOutSettings {
  const isThere = (ref: WayOutSettings["proxy"]): boolean => ref !== null && typeof ref === "object" && "aws" in ref;
  const shown = isThere(key) ? { cert: null, key: null } : { cert, key };
  return { ...rest, ...shown, proxy: isThere(proxy) ? null : proxy };
}
