import { z } from "zod";
import { digestOf } from "../../src/core/digest.ts";
import { foldMoments } from "../../src/core/moments.ts";
import { judgeCall, later, type Look, type Outcome } from "../../src/core/outcome.ts";
import type { Picture } from "../../src/core/picture.ts";
import type { Receipt } from "../../src/core/receipt.ts";
import { MINUTE_MS } from "../../src/core/time.ts";
import type { Connector, Destination, Io, Lost, Step, StepWords } from "../../src/connectors/connector.ts";
import type { HttpAnswer, HttpFailure, HttpRequest } from "../../src/ports/http.ts";

const BoardConfig = z.strictObject({ url: z.string() });
type BoardConfig = z.infer<typeof BoardConfig>;

/** A connector that can edit and can find, for what none of this version's real ones can do. */
export const boardConnector: Connector<BoardConfig> = {
  type: "board",
  schema: BoardConfig,
  capabilities: () => ({
    edits: true,
    finds: true,
    paceMs: 200,
    concurrency: 3,
    settleMs: MINUTE_MS,
    sweepMs: 30 * MINUTE_MS,
    budget: null,
    giveUpAfterMs: 7 * 24 * 60 * MINUTE_MS,
  }),
  destination: (_name, config) => new Board(config.url),
};

class Board implements Destination {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  next(picture: Picture, receipt: Receipt | null, words: StepWords): Step | null {
    const head = headOf(picture);
    const headDigest = digestOf(head);
    const last = picture.moments.at(-1)?.n ?? 0;
    const { mark } = words;
    if (receipt === null) {
      return step(
        "create",
        false,
        null,
        mark,
        { mark, title: told(picture, 0), body: head },
        { momentsTold: last, headDigest },
      );
    }
    const anchor = receipt.remote.anchor;
    const [twin, ...twins] = receipt.twins;
    if (twin !== undefined) {
      const { momentsTold, headDigest: shown } = receipt;
      return step("put_away", true, twin, mark, { closed: true }, { momentsTold, headDigest: shown, twins });
    }
    if (receipt.momentsTold < last) {
      const text = told(picture, receipt.momentsTold);
      return step(
        "comment",
        false,
        anchor,
        mark,
        { mark, text },
        { momentsTold: last, headDigest: receipt.headDigest },
      );
    }
    if (receipt.headDigest === headDigest) return null;
    return step("edit", true, anchor, mark, { body: head }, { momentsTold: receipt.momentsTold, headDigest });
  }

  async perform(made: Step, io: Io): Promise<Outcome> {
    const path =
      made.action === "create" ? "/items" : `/items/${made.anchor}${made.action === "comment" ? "/comments" : ""}`;
    const answer = await this.#call(io, METHODS[made.action] ?? "POST", path, made.body);
    const value = answer.kind === "answered" ? parse(answer.body) : null;
    const key = [value?.["key"], value?.["id"]].find((name) => typeof name === "string") ?? null;
    const call = answer.kind === "answered" ? { ...answer, readable: key !== null } : answer;
    const outcome = judgeCall(call, said(answer));
    if (outcome.kind !== "done") return outcome;
    return { ...outcome, remote: { anchor: made.action === "create" ? String(key) : null, url: null } };
  }

  async find({ mark, action, receipt }: Lost, io: Io): Promise<Look> {
    const isItem = action === "create";
    const path = isItem ? `/items?mark=${mark}` : `/items/${receipt?.remote.anchor}`;
    const answer = await this.#call(io, "GET", path, null);
    const value = answer.kind === "answered" && answer.status === 200 ? parse(answer.body) : null;
    const rows = value?.[isItem ? "items" : "comments"];
    if (!Array.isArray(rows)) {
      const retryAfterMs = answer.kind === "answered" ? answer.retryAfterMs : null;
      const isAskedToWait = answer.kind === "answered" && answer.status === 429;
      return later(isAskedToWait ? "rate_limited" : "server_error", "destination", retryAfterMs, said(answer));
    }
    const ours = (rows as Row[]).filter((row) => row.mark === mark && row.closed !== true);
    const names = ours.map(({ key, id }) => key ?? `${receipt?.remote.anchor}/comments/${id}`);
    const [first, ...others] = names;
    if (first === undefined) return { kind: "absent", evidence: `${rows.length} seen` };
    const anchor = isItem ? first : (receipt?.remote.anchor ?? null);
    return { kind: "found", remote: { anchor, url: null }, others, evidence: mark };
  }

  probe(): Promise<{ ok: boolean; says: string }> {
    return Promise.resolve({ ok: true, says: "simulated" });
  }

  #call(io: Io, method: HttpRequest["method"], path: string, body: string | null): Promise<HttpAnswer | HttpFailure> {
    const { deadlineMs } = io;
    return io.http.request({ method, url: this.#url + path, headers: {}, body, deadlineMs, maxAnswerBytes: 1e6 });
  }
}

interface Row {
  readonly mark?: string;
  readonly key?: string;
  readonly id?: string;
  readonly closed?: boolean;
}

const METHODS: Readonly<Record<string, HttpRequest["method"]>> = { edit: "PUT", put_away: "PUT" };

/** What the checks read back: the head of an incident in one line. */
export function headOf({ incident }: Pick<Picture, "incident">): string {
  return `${incident.state} ${incident.severity} x${incident.count}`;
}

/** `told 2..4 opened,resolved`: which moments a text stands for, and the words that were left after folding. */
function told(picture: Picture, after: number): string {
  const moments = picture.moments.filter(({ n }) => n > after);
  const words = foldMoments(moments).map(({ kind }) => kind);
  return `told ${moments[0]?.n ?? 0}..${moments.at(-1)?.n ?? 0} ${words.join(",")}`;
}

function step(
  action: string,
  safeToRepeat: boolean,
  anchor: string | null,
  mark: string,
  body: object,
  plan: Step["plan"],
): Step {
  return { action, safeToRepeat, anchor, mark, plan, body: JSON.stringify(body) };
}

function said(answer: HttpAnswer | HttpFailure): string {
  return answer.kind === "answered" ? `status ${answer.status}` : answer.reason;
}

function parse(body: string | null): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body ?? "");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
