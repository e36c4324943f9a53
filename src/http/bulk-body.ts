/** The documents of a `_bulk` request, each a line, and which operation each was to be answered as. */
export type BulkBody =
  | {
      readonly kind: "documents";
      readonly lines: Buffer;
      readonly operations: readonly ("index" | "create")[];
    }
  | { readonly kind: "refused"; readonly says: string };

const NEWLINE = 0x0a;
/** `{"create":{"_index":…,"pipeline":…}}`: what is longer is no action of a shipper. */
const ACTION_BYTES = 4_096;

/**
 * A line that says what to do, and the line to do it with, again and again. Whatever is to be done about an index, a
 * pipeline or an id is left aside: a shipper adds documents, and one that means more is refused as a whole.
 */
export function readBulkBody(body: Buffer): BulkBody {
  const operations: ("index" | "create")[] = [];
  const documents: Buffer[] = [];
  let isAction = true;
  let n = 0;
  for (let start = 0; start < body.length;) {
    const found = body.indexOf(NEWLINE, start);
    const end = found < 0 ? body.length : found;
    n += 1;
    const line = body.subarray(start, end);
    start = end + 1;
    if (isAction && isBlank(line)) continue;
    if (isAction) {
      const operation = operationOf(line);
      if (operation === null) return refused(`line ${n}: expected {"index":{…}} or {"create":{…}}`);
      operations.push(operation);
    } else {
      if (isBlank(line)) return refused(`line ${n}: expected a document`);
      documents.push(line, LINE_END);
    }
    isAction = !isAction;
  }
  if (!isAction) return refused(`line ${n}: no document follows`);
  return { kind: "documents", lines: Buffer.concat(documents), operations };
}

const LINE_END = Buffer.of(NEWLINE);

function operationOf(line: Buffer): "index" | "create" | null {
  if (line.length > ACTION_BYTES) return null;
  let action: unknown;
  try {
    action = JSON.parse(line.toString());
  } catch {
    return null;
  }
  if (typeof action !== "object" || action === null) return null;
  const [name, ...more] = Object.keys(action);
  return more.length === 0 && (name === "index" || name === "create") ? name : null;
}

function isBlank(line: Buffer): boolean {
  return line.length < 8 && line.toString().trim() === "";
}

function refused(says: string): BulkBody {
  return { kind: "refused", says };
}
