import type { AlertIdentity } from "../core/alert.ts";
import type { AlertRow, BodyRow } from "../core/change.ts";
import type { Incident } from "../core/incident.ts";
import { cutText } from "../core/plain-text.ts";
import type { Receipt } from "../core/receipt.ts";
import type { Snapshot } from "../core/snapshot.ts";
import type { Work } from "../core/work.ts";
import type { AlertStory, StoryIncident, StoryTold, StoryWindow } from "./alert-answers.ts";
import type { ApiParts } from "./parts.ts";

type StoryParts = Pick<ApiParts, "reader" | "snapshot" | "readLine">;

/** More than that one alert is in only where a config has very many policies. */
const SHOWN = 50;
const LINE_CHARACTERS = 64 * 1024;

export async function storyOf(alert: AlertRow, parts: StoryParts): Promise<AlertStory> {
  const { reader } = parts;
  const windows: StoryWindow[] = [];
  for (const { policy, n } of (alert.windows ?? []).slice(0, SHOWN)) {
    const filled = await reader.windowFilled({ policy, n });
    // The same window goes on once it was full: what came before it was filled belongs to nothing.
    windows.push({ policy, n, incident: filled?.incident ?? null, cameBefore: alert.at < (filled?.fromAt ?? 0) });
  }
  const filled = windows.flatMap(({ incident, cameBefore }) => (incident === null || cameBefore ? [] : [incident]));
  const incidents: StoryIncident[] = [];
  const gone: number[] = [];
  const lines: BodyRow[] = [];
  for (const id of [...new Set([...alert.incidents, ...filled])].slice(0, SHOWN)) {
    const incident = await reader.incident(id);
    if (incident === null) {
      gone.push(id);
      continue;
    }
    lines.push(...(await reader.bodies(id)));
    incidents.push({
      incident,
      told: await toldOf(incident, parts),
      actions: await reader.actions(id, SHOWN),
      responses: await reader.responding.responses({ show: "all", incident: id, limit: SHOWN }),
    });
  }
  return { alert, ...lineOf(alert, lines, incidents, parts), windows, incidents, gone };
}

function lineOf(
  alert: AlertRow,
  lines: readonly BodyRow[],
  incidents: readonly StoryIncident[],
  { readLine, snapshot }: StoryParts,
): Pick<AlertStory, "line" | "judged"> {
  if (readLine === undefined) return { line: null, judged: null };
  for (const { raw } of lines) {
    const read = readLine(raw);
    if (!isSame(read.identity, alert.identity)) continue;
    const { hash } = snapshot();
    const configChanged = incidents.some(({ incident }) => incident.snapshot !== hash);
    return { line: cutText(read.line, LINE_CHARACTERS), judged: { policies: read.policies(), configChanged } };
  }
  return { line: null, judged: null };
}

function isSame(one: AlertIdentity, other: AlertIdentity): boolean {
  return (
    one.nativeId === other.nativeId &&
    one.stamp === other.stamp &&
    one.ruleId === other.ruleId &&
    one.origin === other.origin
  );
}

/** Whoever has heard of it, is to hear of it, or would by the config in force. */
async function toldOf(incident: Incident, { reader, snapshot }: StoryParts): Promise<readonly StoryTold[]> {
  const { id, policy, severity, collapsedInto } = incident;
  const here = { receipts: await reader.receipts(id), works: await reader.works(id) };
  const digests = await reader.toldIn(id);
  const { policies, destinations } = snapshot();
  const names = new Set([
    ...(policies[policy]?.tell[severity] ?? []),
    ...[...here.receipts, ...here.works, ...digests].map(({ destination }) => destination),
  ]);
  const told: StoryTold[] = [];
  for (const destination of [...names].toSorted()) {
    const { receipt, work } = at(destination, here);
    const digest = digests.find((one) => one.destination === destination)?.digest;
    // One that a person had told by itself has a message of its own.
    const isInMass = work?.state === "listed" && work.reason === "collapsed";
    const other = digest ?? (isInMass ? collapsedInto : undefined);
    told.push({
      destination,
      receipt,
      isAwaited: receipt !== null && isAwaited(receipt, destinations),
      work,
      within:
        other === undefined
          ? null
          : {
              kind: digest === undefined ? "mass_event" : "digest",
              incident: other,
              ...at(destination, { receipts: await reader.receipts(other), works: await reader.works(other) }),
            },
    });
  }
  return told;
}

function at(
  destination: string,
  { receipts, works }: { readonly receipts: readonly Receipt[]; readonly works: readonly Work[] },
): { readonly receipt: Receipt | null; readonly work: Work | null } {
  return {
    receipt: receipts.find((one) => one.destination === destination) ?? null,
    work: works.find((one) => one.destination === destination) ?? null,
  };
}

function isAwaited({ destination, remote }: Receipt, destinations: Snapshot["destinations"]): boolean {
  return destinations[destination]?.callsBack === true && remote.anchor === null;
}
