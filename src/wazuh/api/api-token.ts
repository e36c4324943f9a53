import { Buffer } from "node:buffer";
import { MINUTE_MS, type Instant } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Http } from "../../ports/http.ts";
import type { Secrets } from "../../ports/secrets.ts";
import { isFields } from "./agent.ts";
import { failed, sayLoginRefused, sayUnreachable, sayUnreadable, type ApiFailure } from "./api-failure.ts";
import type { CallPace } from "./call-pace.ts";
import type { WazuhApiSettings } from "./client.ts";

export interface ApiTokenOptions {
  readonly settings: WazuhApiSettings;
  readonly http: Http;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly pace: CallPace;
  readonly deadlineMs: number;
}

const LOGIN = "/security/user/authenticate";
const TOKEN_BYTES_MOST = 64 * 1024;
/** Fifty failed logins shut out everybody at this address: at this pace a wrong password never comes near it. */
const FIRST_REST_MS = MINUTE_MS;
const LONGEST_REST_MS = 15 * MINUTE_MS;

/** The token that all calls show: one login at a time, however many ask for it. Kept in memory only. */
export class ApiToken {
  readonly #options: ApiTokenOptions;
  #token: string | null = null;
  #login: Promise<string | ApiFailure> | null = null;
  /** Until when a login that was refused is not tried again, unless it has become another. */
  #refused: {
    readonly login: string;
    readonly failure: ApiFailure;
    readonly until: Instant;
    readonly ms: number;
  } | null = null;

  constructor(options: ApiTokenOptions) {
    this.#options = options;
  }

  get(): Promise<string | ApiFailure> {
    if (this.#token !== null) return Promise.resolve(this.#token);
    this.#login ??= this.#logIn().finally(() => {
      this.#login = null;
    });
    return this.#login;
  }

  /** It was refused. Another one that was fetched meanwhile stays. */
  drop(token: string): void {
    if (this.#token === token) this.#token = null;
  }

  async #logIn(): Promise<string | ApiFailure> {
    const { settings, http, secrets, clock, pace, deadlineMs } = this.#options;
    const { url, user, password } = settings;
    const read = await secrets.read(password);
    if (read.kind === "unreadable") return failed("secret_unreadable", `wazuh.api.password: ${read.why}`);
    const login = Buffer.from(`${user}:${read.value}`).toString("base64");
    const before = this.#refused?.login === login ? this.#refused : null;
    const now = clock.now();
    // A clock that was set back must not keep it for as long as it was set back.
    if (before !== null && now < before.until && before.until - now <= before.ms) return before.failure;
    if (!(await pace.turn(now + deadlineMs))) {
      return failed(
        "rate_limited",
        `no login to the Wazuh API at ${url} for now: its calls for this minute are used up`,
      );
    }
    const answer = await http.request({
      method: "POST",
      url: `${url}${LOGIN}`,
      headers: { authorization: `Basic ${login}`, accept: "application/json", "user-agent": "Riposte" },
      body: null,
      deadlineMs,
      maxAnswerBytes: TOKEN_BYTES_MOST,
    });
    if (answer.kind === "failed") return sayUnreachable(url, answer);
    if (answer.status === 429) pace.slowDown(answer.retryAfterMs);
    if (answer.status < 200 || answer.status > 299) {
      const failure = sayLoginRefused(url, answer, [read.value, login]);
      if (failure.reason === "unauthorized") {
        secrets.judged?.(password, read.value, "refused");
        this.#rest(login, failure, before?.ms ?? null);
      }
      return failure;
    }
    const token = tokenIn(answer.body);
    if (token === null) return sayUnreadable(url, `POST ${LOGIN}`);
    secrets.judged?.(password, read.value, "taken");
    this.#refused = null;
    this.#token = token;
    return token;
  }

  #rest(login: string, failure: ApiFailure, beforeMs: number | null): void {
    const ms = beforeMs === null ? FIRST_REST_MS : Math.min(2 * beforeMs, LONGEST_REST_MS);
    this.#refused = { login, failure, until: this.#options.clock.now() + ms, ms };
  }
}

/** A JWT is letters, digits and few signs; whatever else comes would break the header that it goes into. */
const TOKEN = /^[\w.~+/=-]{1,8192}$/;

function tokenIn(body: string | null): string | null {
  try {
    const parsed: unknown = JSON.parse(body ?? "");
    if (!isFields(parsed) || !isFields(parsed["data"])) return null;
    const { token } = parsed["data"];
    return typeof token === "string" && TOKEN.test(token) ? token : null;
  } catch {
    return null;
  }
}
