import type { QuarantineRow } from "../core/change.ts";
import { visible } from "../core/visible.ts";
import { QUARANTINE_LINE_BYTES } from "../core/quarantine.ts";
import type { QuarantineDetail, QuarantinePage } from "../http/quarantine-routes.ts";
import { withServer, type ServerFlags } from "./ask.ts";
import type { CliContext } from "./context.ts";
import { print, say } from "./print.ts";
import { table, type Paint } from "./terminal.ts";
import { bytes, grouped, instant } from "./words.ts";

const WHY: Readonly<Record<QuarantineRow["why"], string>> = {
  not_json: "not JSON",
  not_an_alert: "JSON, but no alert",
  too_long: "longer than 4 MiB",
  not_read: "a file that was not read",
};

export async function list(
  this: CliContext,
  flags: ServerFlags & { readonly limit: number },
  source?: string,
): Promise<void> {
  const { limit } = flags;
  const page = await withServer(this, flags, (server) =>
    server.get<QuarantinePage>("/v1/quarantine", { source, limit }),
  );
  if (page.lines.length === 0) say(this, "no line was malformed");
  print(this, flags, page, renderQuarantine);
}

export async function show(this: CliContext, flags: ServerFlags, source: string, n: number): Promise<void> {
  const path = `/v1/quarantine/${encodeURIComponent(source)}/${n}`;
  const detail = await withServer(this, flags, (server) => server.get<QuarantineDetail>(path));
  print(this, flags, detail, renderLine);
}

export function renderQuarantine({ lines, more }: QuarantinePage, paint: Paint): string {
  if (lines.length === 0) return "";
  const rows = lines.map(({ source, n, at, why, raw }) => [source, String(n), instant(at), WHY[why], raw]);
  const rest = more ? paint("dim", "there is more: --limit\n") : "";
  return `${table(["SOURCE", "LINE", "AT", "REASON", "TEXT"], rows, paint)}${rest}`;
}

export function renderLine({ line: { source, n, at, why, raw } }: QuarantineDetail, paint: Paint): string {
  const size = Buffer.byteLength(raw);
  // A last character that did not fit in whole was left out.
  const isCut = why === "too_long" || size > QUARANTINE_LINE_BYTES - 4;
  const head = `${paint("bold", `${visible(source)} ${grouped(n)}`)}  ${WHY[why]}, read ${instant(at)}`;
  const kept = isCut ? `the first ${bytes(size)} of it` : bytes(size);
  return `${head}, ${kept}\n\n${visible(raw)}\n`;
}
