import { z } from "zod";
import { readNoProxy } from "../core/no-proxy.ts";
import { readProxyAddress } from "../core/proxy-address.ts";
import type { WayOutSettings } from "../ports/way-out-settings.ts";
import { absolutePath } from "./absolute-path.ts";
import { SecretField } from "./secret.ts";

const PROXY = "http://proxy.example:3128";
const PROXY_RULE = `expected a proxy's address, or { file: … } or { env: … } where a password is in it. Example: ${PROXY}`;

/** What is wrong with an address that anybody may read; null where nothing is. */
function proxyTrouble(text: string): string | null {
  const address = readProxyAddress(text);
  if (typeof address === "string") return address;
  if (address.login === null) return null;
  return "a login does not belong in this file. Put the whole address where only Riposte can read it and write { file: /etc/riposte/proxy } or { env: HTTPS_PROXY } here; whoever has seen this file knows the password, so get a new one";
}

const OpenProxy = z.string().superRefine((text, context) => {
  const message = proxyTrouble(text);
  if (message !== null) context.addIssue({ code: "custom", message });
});

const NoProxy = z.string().superRefine((text, context) => {
  const rule = readNoProxy(text);
  if (typeof rule === "string") context.addIssue({ code: "custom", message: rule });
});

/** `http_client`: how everything that Riposte calls is reached. */
export const HttpClient = z
  .strictObject({
    proxy: z
      .union([OpenProxy, SecretField], {
        error: ({ input }) => (typeof input === "object" && input !== null ? undefined : PROXY_RULE),
      })
      .optional()
      .meta({ description: "All calls but those to this machine go through it, by CONNECT." }),
    no_proxy: z
      .array(NoProxy)
      .optional()
      .meta({
        description: "Who is called past the proxy: a host, a .suffix for every host below, host:port, a network.",
        examples: [["wazuh.corp.example", ".corp.example", "10.0.0.0/8"]],
      }),
    ca: absolutePath("/etc/ssl/corp.pem")
      .optional()
      .meta({ description: "PEM file with certificates to trust besides Node's and this machine's." }),
    cert: absolutePath("/etc/riposte/client.pem")
      .optional()
      .meta({ description: "PEM file with the client certificate, and what leads to its CA." }),
    key: SecretField.optional().meta({ description: "The private key of `cert`, in PEM and without a passphrase." }),
  })
  .superRefine(({ proxy, no_proxy, cert, key }, context) => {
    const wrong = (path: string, message: string): void => context.addIssue({ code: "custom", path: [path], message });
    if (no_proxy !== undefined && proxy === undefined)
      wrong("no_proxy", "there is no proxy to go past. Name one in proxy, or take this out");
    if (cert !== undefined && key === undefined)
      wrong("key", "is missing: a client certificate needs its key, { file: /etc/riposte/client-key.pem }");
    if (key !== undefined && cert === undefined)
      wrong("cert", "is missing: the key alone is none to show. Example: /etc/riposte/client.pem");
  });
export type HttpClient = z.infer<typeof HttpClient>;

export function wayOutOf({ proxy, no_proxy, ca, cert, key }: HttpClient): WayOutSettings {
  return { proxy: proxy ?? null, noProxy: no_proxy ?? [], ca: ca ?? null, cert: cert ?? null, key: key ?? null };
}
