/** What stands in a record that is no alert itself. */
export type Inside =
  /** `text` is the alert, as it was sent where it was sent as text. */
  | { readonly kind: "alert"; readonly text: string }
  /** A detection of Wazuh 5; `id` is its document's, where the one that found it says it. */
  | { readonly kind: "finding"; readonly document: Fields; readonly id: string | null }
  | { readonly kind: "nothing"; readonly why: "no_alert" | "not_an_object" | "too_deep" };

export type Fields = Readonly<Record<string, unknown>>;

/** A shipper wraps once, a container's log once more, a search answer four times. */
const WRAPPED_MOST = 8;
/** Deeper than any alert: `JSON.stringify` goes down by recursion. */
const DEEPEST = 500;

/**
 * The alerts within a record of a shipper or of a monitor: as text or parsed in `event.original` (Logstash), `message`
 * (Vector, Logstash, Filebeat) or `log` (Fluent Bit), and as `_source` of the hits that an Alerting monitor found. What
 * found nothing has none in it.
 */
export function insideOf(record: unknown): readonly Inside[] {
  return within(record, WRAPPED_MOST, null);
}

/** Also where it has a `rule` beside, which is then that of some other product. */
export function isFinding(value: unknown): boolean {
  return isFields(value) && isFields(value["wazuh"]) && isFields(value["wazuh"]["rule"]);
}

function within(value: unknown, wraps: number, id: string | null): readonly Inside[] {
  if (!isFields(value)) return [{ kind: "nothing", why: "not_an_object" }];
  const isWhole = isFinding(value) || isFields(value["rule"]);
  if (isWhole && isDeeper(value, DEEPEST)) return [{ kind: "nothing", why: "too_deep" }];
  if (isFinding(value)) return [{ kind: "finding", document: value, id }];
  if (isWhole) return [{ kind: "alert", text: JSON.stringify(value) }];
  if (wraps === 0) return NO_ALERT;
  if (isFields(value["_source"])) return within(value["_source"], wraps - 1, textOf(value["_id"]));
  for (const key of ["ctx", "hits", "results", "alerts", "sample_documents"]) {
    const found = value[key];
    if (Array.isArray(found)) return found.flatMap((item) => within(item, wraps - 1, null));
    if (isFields(found)) return within(found, wraps - 1, null);
  }
  for (const text of textsOf(value)) {
    const found = isFields(text)
      ? within(text, wraps - 1, null)
      : typeof text === "string"
        ? inText(text, wraps - 1)
        : null;
    if (found !== null && found.every(({ kind }) => kind !== "nothing")) return found;
  }
  return NO_ALERT;
}

const NO_ALERT: readonly Inside[] = [{ kind: "nothing", why: "no_alert" }];

/** In the order in which the one nearest to what Wazuh wrote comes first. */
function textsOf(record: Fields): readonly unknown[] {
  const { event, message, log } = record;
  return [isFields(event) ? event["original"] : record["event.original"], message, log];
}

function inText(written: string, wraps: number): readonly Inside[] {
  const text = written.trim();
  if (!text.startsWith("{")) return NO_ALERT;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return NO_ALERT;
  }
  // Its own bytes rather than those that writing it anew would make.
  if (isFields(parsed) && isFields(parsed["rule"]) && !isFinding(parsed)) return [{ kind: "alert", text }];
  return within(parsed, wraps, null);
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** Level by level, since it may be a million of them. */
function isDeeper(document: Fields, most: number): boolean {
  let level: readonly unknown[] = [document];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > most) return true;
    level = level.flatMap((value): readonly unknown[] =>
      typeof value === "object" && value !== null ? Object.values(value as object) : [],
    );
  }
  return false;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
