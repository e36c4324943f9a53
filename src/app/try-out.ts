// The built-in sandbox and a config for it: what `npm start` shows to someone who has nothing yet.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "../http/serve.ts";
import { startSandbox, type Sandbox } from "../sandbox/serve.ts";

export interface TryOut {
  readonly configPath: string;
  readonly pageUrl: string;
  readonly alertsPath: string;
  stop(): Promise<void>;
}

/** What a socket's address can hold on every system, less its final zero. */
const SOCKET_PATH_BYTES = 103;

/** What an earlier run left. The page forgets, so the database must too, or what was told would not be told again. */
const LEFT_BEHIND = ["alerts", "riposte.db", "riposte.db-wal", "riposte.db-shm", "riposte.yaml", "secrets"];

/** Starts the stand-ins and writes a config for them; null: another one is already at it in this directory. */
export async function startTryOut(directory: string): Promise<TryOut | null> {
  const usual = join(directory, "riposte.sock");
  if (await isAlive(usual)) return null;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const name of LEFT_BEHIND) rmSync(join(directory, name), { recursive: true, force: true });
  const tooLong = Buffer.byteLength(usual) > SOCKET_PATH_BYTES;
  const socketDirectory = tooLong ? mkdtempSync(join(tmpdir(), "riposte-")) : directory;

  const sandbox = await startSandbox({ directory });
  const configPath = join(directory, "riposte.yaml");
  writeSecrets(directory, sandbox);
  writeFileSync(configPath, tryOutConfig(directory, join(socketDirectory, "riposte.sock"), sandbox.alertsPath));
  return {
    configPath,
    pageUrl: sandbox.pageUrl,
    alertsPath: sandbox.alertsPath,
    async stop() {
      await sandbox.stop();
      if (tooLong) rmSync(socketDirectory, { recursive: true, force: true });
    },
  };
}

function writeSecrets(directory: string, { slackWebhookUrl, jiraUrl, jiraToken }: Sandbox): void {
  const secrets = join(directory, "secrets");
  mkdirSync(secrets, { mode: 0o700 });
  const jira = { JIRA_URL: jiraUrl, JIRA_API_KEY: jiraToken, JIRA_PROJECT_KEY: "SEC" };
  writeFileSync(join(secrets, "slack-webhook"), `${slackWebhookUrl}\n`, { mode: 0o600 });
  writeFileSync(join(secrets, "jira-automation.json"), `${JSON.stringify(jira)}\n`, { mode: 0o600 });
}

export function tryOutConfig(directory: string, socket: string, alertsPath: string): string {
  const quoted = (...path: string[]): string => JSON.stringify(join(...path));
  return `# Written by \`riposte start\` for its sandbox, and written anew each time.
# To run for real: copy it, put your own paths and secrets in, then: npm start -- --config riposte.yaml
store: ${JSON.stringify(`sqlite:${join(directory, "riposte.db")}`)}
socket: ${quoted(socket)}
http: { listen: "127.0.0.1:0" }

wazuh:
  alerts: ${quoted(alertsPath)}
  start: beginning

destinations:
  security-alerts:
    type: slack
    webhook: { file: ${quoted(directory, "secrets", "slack-webhook")} }
  soc-jira:
    type: jira-automation
    secret: { file: ${quoted(directory, "secrets", "jira-automation.json")} }

policies:
  - name: account-disabled
    when: { rule.id: 120100 }
    group_by: [agent.id, data.dstuser]
    severity: critical
    tell: [security-alerts, soc-jira]
    playbook: account-lock-out

  - name: login-after-failures
    when: { rule.id: 40112 }
    group_by: [agent.id, data.srcip]
    severity: critical
    tell: [security-alerts, soc-jira]
    playbook: ssh-brute-force

  - name: brute-force
    when: { rule.id: [5712, 5763, 60204] }
    group_by: [rule.id, agent.id]
    severity: high
    tell: [security-alerts]
    playbook: ssh-brute-force

  - name: agent-lost
    when: { rule.id: 504 }
    clear: { rule.id: 503 }
    group_by: [agent.id]
    severity: high
    hold: 20s
    tell: [security-alerts, soc-jira]
    playbook: agent-disconnection

  - name: file-changed
    when: { rule.id: 550 }
    group_by: [agent.id, syscheck.path]
    tell: [security-alerts]

  - name: everything-bad
    when: { rule.level: ">= 12" }
    tell: { high: [security-alerts], critical: [security-alerts, soc-jira] }
`;
}
