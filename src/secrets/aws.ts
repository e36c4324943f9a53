import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SECOND_MS } from "../core/time.ts";
import type { AwsSettings } from "../ports/aws-settings.ts";
import { systemClock } from "../ports/clock.ts";
import { placeOfSecret, type AwsSecret, type Secrets, type SecretValue } from "../ports/secrets.ts";
import type { WayOutAgent } from "../ports/way-out-agent.ts";
import type { WayOutSettings } from "../ports/way-out-settings.ts";
import { awsFailure } from "./aws-failure.ts";
import { checkedSecret } from "./checked.ts";
import { fieldIn } from "./json-field.ts";

export interface AwsSecrets {
  read(ref: AwsSecret): Promise<SecretValue>;
}

interface Fetched {
  readonly kind: "fetched";
  readonly text: string | null;
  readonly version: string | undefined;
  readonly madeAt: number | undefined;
}

const CONNECT_WITHIN_MS = 3 * SECOND_MS;
const ANSWER_WITHIN_MS = 5 * SECOND_MS;
/** The SDK waits between them as AWS asks for; whoever needs the value asks again later anyway. */
const ATTEMPTS = 3;

/**
 * AWS Secrets Manager by AWS's own client, with its usual chain of credentials: environment, profile, IRSA, Pod
 * Identity, the machine's role. The client is loaded with the first secret that is looked up.
 * `others`: where a proxy's login is read, and a client certificate's key.
 */
export function openAwsSecrets({ region, endpoint, wayOut }: AwsSettings, others: Secrets): AwsSecrets {
  /** One for each region that an ARN names. */
  const clients = new Map<string | null, Promise<SecretsManagerClient>>();
  /** Several fields of one secret are one call. */
  const underWay = new Map<string, Promise<Fetched | Error>>();

  async function open(of: string | null): Promise<SecretsManagerClient> {
    const sdk = await import("@aws-sdk/client-secrets-manager");
    const httpsAgent = wayOut === undefined ? undefined : await agentFor(wayOut, others);
    return new sdk.SecretsManagerClient({
      ...(of !== null && { region: of }),
      ...(endpoint !== null && { endpoint }),
      maxAttempts: ATTEMPTS,
      requestHandler: {
        connectionTimeout: CONNECT_WITHIN_MS,
        requestTimeout: ANSWER_WITHIN_MS,
        throwOnRequestTimeout: true,
        ...(httpsAgent !== undefined && { httpsAgent }),
      },
    });
  }

  async function fetchValue({ aws, stage }: AwsSecret): Promise<Fetched | Error> {
    const of = regionIn(aws) ?? region;
    const opened = clients.get(of) ?? open(of);
    clients.set(of, opened);
    try {
      const client = await opened;
      const { GetSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
      const found = await client.send(
        new GetSecretValueCommand({ SecretId: aws, ...(stage !== undefined && { VersionStage: stage }) }),
      );
      return {
        kind: "fetched",
        text: found.SecretString ?? null,
        version: found.VersionId,
        madeAt: found.CreatedDate?.getTime(),
      };
    } catch (error) {
      return error instanceof Error ? error : new Error("no error was given", { cause: error });
    }
  }

  return {
    async read(ref) {
      const name = JSON.stringify([ref.aws, ref.stage ?? null]);
      const fetching = underWay.get(name) ?? fetchValue(ref);
      underWay.set(name, fetching);
      const found = await fetching;
      if (underWay.get(name) === fetching) underWay.delete(name);
      if (found instanceof Error) return awsFailure(found, ref);
      const { text, version, madeAt } = found;
      const place = placeOfSecret(ref);
      if (text === null) {
        const why = `${placeOfSecret({ ...ref, key: undefined })} is binary. Put it there as text: aws secretsmanager put-secret-value --secret-id ${ref.aws} --secret-string …`;
        return { kind: "unreadable", why };
      }
      if (ref.key === undefined) return checkedSecret(text, place, { version, madeAt });
      const field = fieldIn(text, ref.key, placeOfSecret({ ...ref, key: undefined }));
      return field.kind === "missing"
        ? { kind: "unreadable", why: field.why }
        : checkedSecret(field.value, place, { version, madeAt });
    },
  };
}

function regionIn(id: string): string | null {
  return id.startsWith("arn:") ? (id.split(":")[3] ?? null) : null;
}

/** The SDK hands it on to STS, which it asks for the role of a service account. */
async function agentFor(settings: WayOutSettings, secrets: Secrets): Promise<WayOutAgent> {
  const { WayOutAgent } = await import("../ports/way-out-agent.ts");
  // A file that can't be used any more is told of by those who call every minute.
  const way = { settings, secrets, clock: systemClock, timeoutMs: CONNECT_WITHIN_MS, troubled: () => {} };
  return new WayOutAgent(way, { keepAlive: false });
}
