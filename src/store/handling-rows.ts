import type { Handling } from "../core/handling.ts";
import { fromJson, toJson, type VersionedJson } from "./versioned-json.ts";

/** `{ handling }`: what people have done about an incident beside its state. */
const HANDLING: VersionedJson = { name: "handling of an incident", upcasts: [] };

export function handlingCell(handling: Handling | undefined): string | null {
  return handling === undefined ? null : toJson(HANDLING, { handling });
}

export function handlingIn(cell: unknown): { readonly handling?: Handling } {
  return cell === null ? {} : { handling: fromJson<{ handling: Handling }>(HANDLING, cell as string).handling };
}
