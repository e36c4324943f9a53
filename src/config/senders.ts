import { ROLES, type Role } from "../core/scope.ts";
import type { Problem } from "./problem.ts";

/** As much of `http.tokens` as tells who may send alerts. */
interface Token {
  readonly name: string;
  readonly may?: readonly string[] | undefined;
  readonly role?: Role | undefined;
}

interface Http {
  readonly tokens?: readonly Token[] | undefined;
}

interface Alerts {
  readonly from?: string | undefined;
}

const EXAMPLE =
  "http: { listen: 127.0.0.1:8080, tokens: [{ name: master, secret: { file: /etc/riposte/tokens/master }, may: [send] }] }";

/** Each is a source of its own. */
export function sendersOf(http: Http | undefined): readonly string[] {
  const maySend = ({ may, role = "viewer" }: Token): boolean => (may ?? ROLES[role]).includes("send");
  return (http?.tokens ?? []).filter(maySend).map(({ name }) => name);
}

/** What is wrong with `from: http`, given the tokens. */
export function senderProblems(http: Http | undefined, alerts: unknown): readonly Problem[] {
  const at = placesOf(alerts);
  const says = `needs a token that may send. Example: ${EXAMPLE}`;
  return at.flatMap((path, i): readonly Problem[] => {
    if (i > 0)
      return [{ path, at: "value", says: "once is enough: each token that may send is a source of its own already" }];
    return sendersOf(http).length === 0 ? [{ path, at: "value", says }] : [];
  });
}

/** Tokens of which nothing is taken. One that may do everything by its role is meant for something else as well. */
export function senderDoubts(http: Http | undefined, alerts: unknown): readonly Problem[] {
  if (placesOf(alerts).length > 0) return [];
  const says = "may send, and nothing takes what it sends. Add { from: http, name: forwarders } to wazuh.alerts";
  return (http?.tokens ?? []).flatMap(({ may }, i): readonly Problem[] =>
    may?.includes("send") === true ? [{ path: ["http", "tokens", i, "may"], at: "value", says }] : [],
  );
}

function placesOf(alerts: unknown): readonly Problem["path"][] {
  const isHttp = (each: unknown): boolean => (each as Alerts | null)?.from === "http";
  if (Array.isArray(alerts)) {
    return alerts.flatMap((each, i): readonly Problem["path"][] =>
      isHttp(each) ? [["wazuh", "alerts", i, "from"]] : [],
    );
  }
  return isHttp(alerts) ? [["wazuh", "alerts", "from"]] : [];
}
