import { OWN_SOURCE } from "../core/own-health.ts";
import { visible } from "../core/visible.ts";
import type { LiveSource, SourceReport } from "../http/source-report.ts";
import type { Paint } from "./terminal.ts";
import { bytes, grouped, instant } from "./words.ts";

/** For each source what became of every line, with the sum written out. */
export function renderSources(sources: readonly SourceReport[], paint: Paint): string {
  return sources.map((report) => renderSource(report, paint)).join("");
}

function renderSource({ name, row, addsUp, live }: SourceReport, paint: Paint): string {
  const place = live === null ? placeWithout(name) : liveWords(live, paint);
  const lines = [`${visible(name)}: ${place}`];
  if (row === null) lines.push("  nothing read yet");
  else {
    const fates = (["ignored", "malformed", "duplicate", "kept"] as const).map(
      (fate) => `${grouped(row[fate])} ${fate}`,
    );
    const sum = addsUp ? paint("green", "adds up") : paint("red", "DOES NOT ADD UP");
    lines.push(`  ${grouped(row.read)} read = ${fates.join(" + ")}  (${sum})`);
    if (row.collision > 0) lines.push(`  ${grouped(row.collision)} of the kept repeat an id with another time or rule`);
    if (row.watermarkAt !== null) lines.push(`  read up to ${instant(row.watermarkAt)}`);
    if (row.malformed > 0) lines.push(`  look at the malformed ones: riposte quarantine list ${visible(name)}`);
  }
  return lines.map((line) => `  ${line}\n`).join("");
}

function placeWithout(name: string): string {
  return name === OWN_SOURCE ? "what Riposte says of itself, and test alerts" : "not being read";
}

function senderWords({ heardAt, lastBatch, beats, refused }: NonNullable<LiveSource["sender"]>, paint: Paint): string {
  if (refused !== null) return paint("red", `what it sends is refused: ${visible(refused.says)}`);
  if (heardAt === null) return "not heard of since Riposte started";
  const batch = lastBatch === null ? "" : `, last batch ${instant(lastBatch.at)} with ${grouped(lastBatch.read)} lines`;
  return `heard of ${instant(heardAt)}${batch}${beats ? "" : ", and says nothing while it has no alerts"}`;
}

function liveWords({ state, trouble, behindBytes, sender, waitsFor }: LiveSource, paint: Paint): string {
  if (trouble !== null) return paint("red", visible(trouble));
  if (sender !== undefined && state !== "starting" && state !== "stopped") return senderWords(sender, paint);
  const behind = behindBytes === null || behindBytes === 0 ? "" : `, ${bytes(behindBytes)} behind`;
  switch (state) {
    case "starting":
      return waitsFor === undefined ? "starting" : `waits for ${visible(waitsFor)}`;
    case "reading":
      return `reading${behind}`;
    case "at_end":
      return `at the end${behind}`;
    case "missing":
      return paint("red", "the file is missing");
    case "unreadable":
      return paint("red", "the file can't be read");
    case "stopped":
      return "stopped";
  }
}
