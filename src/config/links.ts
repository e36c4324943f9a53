import { z } from "zod";

function webAddress(example: string) {
  return z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({ examples: [example] });
}

/** What messages and tickets lead to. */
export const LinksShape = z.strictObject({
  wazuh_dashboard: webAddress("https://wazuh.example"),
  console: webAddress("https://riposte.example"),
});
