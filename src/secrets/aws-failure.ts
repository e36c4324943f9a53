import { sayNoneLeft } from "../core/open-files.ts";
import { NoConnectionError } from "../ports/no-connection.ts";
import { placeOfSecret, type AwsSecret, type SecretValue } from "../ports/secrets.ts";

/** Who AWS thinks we are, as it says in what it refuses. */
const IDENTITY = /\barn:aws[a-z-]*:(?:sts|iam)::\d{12}:[\w+=,.@/-]{1,200}/;

/** These speak of the secret itself; with any other nothing is known of it. */
const OF_THE_SECRET: ReadonlySet<string> = new Set([
  "ResourceNotFoundException",
  "InvalidRequestException",
  "InvalidParameterException",
  "ValidationException",
]);

export function awsFailure(error: Error, ref: AwsSecret): SecretValue {
  const why = sayAwsFailure(error, ref);
  return OF_THE_SECRET.has(error.name) ? { kind: "unreadable", why } : { kind: "unreadable", why, isAway: true };
}

/** Why a secret could not be had from AWS, with its name and what to do. Of AWS's own words only our identity is repeated. */
function sayAwsFailure(error: Error, ref: AwsSecret): string {
  const place = placeOfSecret({ ...ref, key: undefined });
  const { aws } = ref;
  switch (error.name) {
    case "ResourceNotFoundException":
      if (ref.stage === undefined && /staging label/.test(error.message))
        return `${place} has no value yet. Put one there: aws secretsmanager put-secret-value --secret-id ${aws} --secret-string …`;
      return ref.stage === undefined
        ? `${place} is not there. Create it, or correct its name or the region (aws.region)`
        : `${place} is not there: no such secret, or no version with that stage. Correct the one or the other`;
    case "InvalidRequestException":
      return `${place} was deleted, or has no value. Bring it back: aws secretsmanager restore-secret --secret-id ${aws}`;
    case "InvalidParameterException":
    case "ValidationException":
      return `${place} has a name that AWS does not take. Correct it`;
    case "AccessDeniedException":
      return /\bkms\b/i.test(error.message)
        ? `${place} may not be decrypted${identityIn(error)}. Allow kms:Decrypt on its key`
        : `${place} may not be read${identityIn(error)}. Allow secretsmanager:GetSecretValue on it`;
    case "DecryptionFailure":
    case "DecryptionFailureException":
      return `${place} can't be decrypted. Look whether its KMS key is enabled, and allow kms:Decrypt on it`;
    case "ExpiredTokenException":
    case "ExpiredToken":
    case "RequestExpired":
      return `${place} can't be asked for: the AWS credentials have expired. Renew them`;
    case "UnrecognizedClientException":
    case "InvalidClientTokenId":
    case "InvalidSignatureException":
    case "SignatureDoesNotMatch":
    case "IncompleteSignature":
      return `${place} can't be asked for: AWS does not know these credentials. Look at AWS_ACCESS_KEY_ID or the profile, and whether this machine's clock is right`;
    case "AccessDenied":
    case "InvalidIdentityToken":
    case "InvalidIdentityTokenException":
      return `${place} can't be asked for: AWS does not let this service account have its role. Look at the role's trust policy and at the annotation eks.amazonaws.com/role-arn`;
    case "CredentialsProviderError":
    case "TokenProviderError":
      return `${place} can't be asked for: there are no AWS credentials. Give Riposte a role (IRSA, Pod Identity, an instance profile) or a profile`;
    case "ThrottlingException":
    case "Throttling":
    case "TooManyRequestsException":
      return `${place} can't be asked for now: AWS asks to slow down. It is tried again`;
    case "InternalServiceError":
    case "InternalServiceErrorException":
    case "ServiceUnavailable":
      return `${place} can't be had now: AWS has trouble of its own. It is tried again`;
    case "TimeoutError":
    case "AbortError":
      return `${place} can't be asked for: AWS does not answer in time. Look at the way there (aws.endpoint, the network); it is tried again`;
    default:
      return sayOther(error, place);
  }
}

function sayOther(error: Error, place: string): string {
  if (error instanceof NoConnectionError)
    return `${place} can't be asked for: AWS can't be reached (${error.message}); it is tried again`;
  if (/^Region (?:is missing|not accepted)/.test(error.message) || error.name === "ConfigError")
    return `${place} can't be asked for: there is no AWS region. Write aws: { region: eu-central-1 } with yours, or set AWS_REGION`;
  const code = codeIn(error);
  if (/^(?:E[A-Z_]+|UND_ERR_\w+|CERT_\w+|DEPTH_ZERO\w+|SELF_SIGNED\w+|UNABLE_TO\w+|ERR_(?:TLS|SSL)\w+)$/.test(code))
    return `${place} can't be asked for: AWS can't be reached (${sayNoneLeft(code) ?? code}). Look at the way there (aws.endpoint, the network); it is tried again`;
  const name = /^\w{1,60}$/.test(error.name) ? error.name : "an error without a name";
  return `${place} can't be had: AWS's client says ${name}. It is tried again`;
}

function codeIn(error: Error): string {
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
  if (typeof code === "string") return code;
  return cause instanceof Error ? codeIn(cause) : "";
}

function identityIn({ message }: Error): string {
  const [identity] = IDENTITY.exec(message) ?? [];
  return identity === undefined ? "" : ` by ${identity}`;
}
