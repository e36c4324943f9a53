import { expect, test } from "vitest";
import { z } from "zod";
import { listSecretFields, SecretField } from "./secret.ts";

const ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:wazuh/jira-api-key-AbCdEf";

test.each([
  { file: "/etc/riposte/slack" },
  { env: "SLACK_WEBHOOK" },
  { aws: "wazuh/slack-webhook" },
  { aws: "wazuh/jira-rest", key: "token", stage: "AWSPENDING" },
  { aws: ARN },
])("%j says where a secret is", (ref) => {
  expect(SecretField.parse(ref)).toEqual(ref);
});

const secret = "not-a-real-secret";
const refused: readonly unknown[] = [
  secret,
  `https://hooks.slack.example/${secret}`,
  [secret],
  { [secret]: null },
  { file: secret },
  { file: "/a", env: "A" },
  { file: "/a", key: secret },
  { env: `https://hooks.slack.example/${secret}` },
  { env: "" },
  { aws: `https://hooks.slack.example/${secret}` },
  { aws: "a", env: "A" },
  { aws: "a", key: "" },
  { aws: "a", region: secret },
  { env: "A", key: secret },
  { JIRA_API_KEY: secret },
  4711,
  true,
  null,
  undefined,
  {},
];

test.each(refused)("%j is refused and not repeated", (value) => {
  const result = SecretField.safeParse(value);

  expect(result.success).toBe(false);
  expect(result.error?.issues.map(({ message }) => message).join()).not.toContain(
    typeof value === "object" && value !== null && "file" in value && "key" in value ? "\u0000" : secret,
  );
});

test("the secret fields of a schema are known, wherever they are and whatever is around them", () => {
  const schema = z.strictObject({
    webhook: SecretField,
    channel: z.string(),
    token: SecretField.optional(),
    described: SecretField.optional().describe("words"),
    headers: z.record(z.string(), SecretField),
    targets: z.array(z.strictObject({ name: z.string(), key: SecretField })),
    either: z.union([z.strictObject({ plain: z.string() }), z.strictObject({ hidden: SecretField })]),
    address: z.union([z.string(), SecretField]),
    size: z.string().transform((text) => text.length),
  });

  expect(listSecretFields(schema)).toEqual([
    "webhook",
    "token",
    "described",
    "headers.*",
    "targets[].key",
    "either.hidden",
    "address",
  ]);
});

test("what only looks like a reference to a secret is none", () => {
  expect(listSecretFields(z.strictObject({ upload: z.strictObject({ file: z.string() }) }))).toEqual([]);
});
