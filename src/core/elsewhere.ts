import type { Context } from "./context.ts";
import type { Elsewhere } from "./picture.ts";
import type { Receipt } from "./receipt.ts";
import type { Snapshot } from "./snapshot.ts";
import { publish } from "./tell.ts";
import type { View } from "./view.ts";

/**
 * Something has got an address: whoever shows where else the incident is told has something to show. Returns the
 * destinations with work that is due now and was not before.
 */
export function linkElsewhere(
  view: View,
  { incident, destination, remote }: Receipt,
  urlBefore: string | null,
  context: Context,
): readonly string[] {
  const { destinations } = context.snapshot;
  if (remote.url === null || remote.url === urlBefore || destinations[destination]?.linksElsewhere === true) return [];
  const told = [...view.receiptsOf(incident), ...view.worksOf(incident)].map((row) => row.destination);
  const about = view.incident(incident);
  if (about === undefined || !told.some((name) => destinations[name]?.linksElsewhere === true)) return [];
  return publish(view, about, { moment: null }, context);
}

/** Of all that show the incident those with an address, but for the one that is asked for, and for chats. */
export function elsewhereOf(
  receipts: readonly Pick<Receipt, "destination" | "remote">[],
  destination: string,
  { destinations }: Snapshot,
): readonly Elsewhere[] {
  return receipts.flatMap(({ destination: other, remote: { url } }) =>
    url === null || other === destination || destinations[other]?.linksElsewhere === true
      ? []
      : [{ destination: other, url }],
  );
}
