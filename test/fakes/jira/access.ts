import { jsonAnswer, type VendorAnswer, type VendorRequest } from "../vendor.ts";

/** What an administrator or the account's owner gave out. */
export interface JiraToken {
  readonly token: string;
  /** Cloud only. */
  readonly email?: string;
  /** Good on the gateway alone. */
  readonly scoped?: boolean;
  /** From then on it is worth nothing. */
  readonly expiresAt?: number;
}

/**
 * What somebody with a token that is worth nothing gets. `anonymous` is what Cloud does where everybody may look: the
 * call goes on as nobody's, finds nothing, and says so with a 200; only writes and `myself` are a 401.
 */
export type LoginHabit = "json" | "login-page" | "redirect" | "anonymous";

export function isKnown(
  request: VendorRequest,
  tokens: readonly JiraToken[],
  door: "site" | "gateway",
  deployment: "Cloud" | "Server",
  nowMs: number,
): boolean {
  const given = request.headers["authorization"] ?? "";
  return tokens.some(({ token, email, scoped = false, expiresAt }) => {
    if (expiresAt !== undefined && nowMs >= expiresAt) return false;
    if (deployment === "Server") return given === `Bearer ${token}`;
    if (scoped && door === "site") return false;
    return given === `Basic ${Buffer.from(`${email ?? ""}:${token}`).toString("base64")}`;
  });
}

export function turnAway(habit: LoginHabit, door: "site" | "gateway", siteUrl: string): VendorAnswer {
  if (door === "gateway") return jsonAnswer(401, { code: 401, message: "Unauthorized" });
  switch (habit) {
    case "json":
    case "anonymous":
      return jsonAnswer(
        401,
        { message: "Client must be authenticated to access this resource.", "status-code": 401 },
        { "www-authenticate": 'OAuth realm="https%3A%2F%2Fexample"', ...failedLogin },
      );
    case "login-page":
      return { status: 200, headers: { "content-type": "text/html;charset=UTF-8" }, body: loginPage };
    case "redirect":
      return {
        status: 302,
        headers: { location: `${siteUrl}/login.jsp?permissionViolation=true`, "content-type": "text/html" },
        body: "",
      };
  }
}

/** Beside an answer that looks all right, the only sign that the token was not taken. */
export const failedLogin: Readonly<Record<string, string>> = { "x-seraph-loginreason": "AUTHENTICATED_FAILED" };

const loginPage = `<!DOCTYPE html><html><head><title>Log in - Jira</title></head><body><form id="login-form"></form></body></html>`;
