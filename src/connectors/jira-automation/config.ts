import { z } from "zod";
import { SecretField } from "../../config/secret.ts";
import { PROJECT_KEY } from "./project-key.ts";

const PROJECT_RULE = "expected a project key, such as SEC";

export const JiraAutomationConfig = z
  .strictObject({
    /** JSON with the three keys JIRA_URL, JIRA_API_KEY and JIRA_PROJECT_KEY. */
    secret: SecretField.optional(),
    /** Instead of `secret`: the rule's webhook address and its token, each on its own. */
    url: SecretField.optional(),
    token: SecretField.optional(),
    /** The project's key, or where it is to be read: a Kubernetes Secret has it beside the other two, in a file of its own. */
    project: z
      .union([z.string().regex(PROJECT_KEY, PROJECT_RULE), SecretField], {
        error: ({ input }) => (typeof input === "object" && input !== null ? undefined : PROJECT_RULE),
      })
      .optional(),
    issue_type: z.string().min(1).max(255).default("Task"),
    /** The rule is ours, which looks for the ticket before it makes one, and calls back with its key. */
    callback: z.boolean().default(false),
  })
  .superRefine(({ secret, url, token }, context) => {
    const complain = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    if (secret !== undefined) {
      if (url !== undefined) complain("url", "not beside `secret`, which holds the address as well");
      if (token !== undefined) complain("token", "not beside `secret`, which holds the token as well");
      return;
    }
    if (url === undefined && token === undefined) {
      complain("secret", "is missing: give `secret`, or both `url` and `token`");
      return;
    }
    if (url === undefined) complain("url", "is missing: `token` needs the address that it is for");
    if (token === undefined) complain("token", "is missing: `url` needs the token that goes with it");
  });
export type JiraAutomationConfig = z.infer<typeof JiraAutomationConfig>;
