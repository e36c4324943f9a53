import type { Verb } from "./response.ts";

/** What an agent says of a response by its token. Whoever is root there could have written it. */
export type ResponseLine = { readonly token: string } & (
  | {
      /** A script of Wazuh's got its order, to do it or to take it back. */
      readonly kind: "ordered";
      readonly order: "add" | "delete";
      /** It says that it can't. */
      readonly failed: boolean;
    }
  | {
      /** The companion has looked. */
      readonly kind: "looked";
      readonly verb: Verb | "lift" | "";
      readonly effect: Effect;
      readonly why: string;
      readonly found: Readonly<Record<string, string>>;
      /** Other tokens that hold the same target. */
      readonly others: number;
    }
);

export type Effect = "yes" | "already" | "no" | "undone" | "refused";
export const EFFECTS: readonly string[] = ["yes", "already", "no", "undone", "refused"] satisfies Effect[];

/** As both sides draw them. */
export const TOKEN = /^[A-Za-z0-9_-]{8,64}$/;
