import type { Picture } from "../../core/picture.ts";
import { readMark, type Mark } from "../../core/receipt.ts";
import type { Instant } from "../../core/time.ts";
import type { AppConfig } from "./kind.ts";
import { textIn } from "./members.ts";

/** What people may do with an incident where they read of it. */
export type PressKind = "acknowledge" | "resolve";

/** A button of ours, as it comes back. */
export interface Press {
  readonly kind: PressKind;
  readonly mark: Mark;
  /** When the incident that it was made for had opened: it is for no later one. */
  readonly openedAt: Instant | null;
}

const ACTION_IDS: Readonly<Record<PressKind, string>> = {
  acknowledge: "rp_acknowledge",
  resolve: "rp_resolve",
};

/** The elements of one block of actions, or none: those that would change something as things are. */
export function buttonsOf(config: AppConfig, { incident }: Picture, mark: string): readonly (readonly object[])[] {
  if (config.people === undefined) return [];
  const value = `${mark}@${incident.openedAt ?? "never"}`;
  const button = (kind: PressKind, text: string, more: object): object => ({
    type: "button",
    action_id: ACTION_IDS[kind],
    text: plain(text),
    value,
    ...more,
  });
  const resolve = button("resolve", "Resolve", {
    confirm: {
      title: plain("Resolve it?"),
      text: plain(`Incident #${incident.id} is over for everybody. A new alert opens it again.`),
      confirm: plain("Resolve"),
      deny: plain("Cancel"),
    },
  });
  switch (incident.state) {
    case "pending":
    case "open":
      return [[button("acknowledge", "Acknowledge", { style: "primary" }), resolve]];
    case "acknowledged":
      return [[resolve]];
    case "resolved":
      return [];
  }
}

/** Null: no button of ours, or not as we made it. */
export function readPress(action: unknown): Press | null {
  const id = textIn(action, "action_id");
  const kind = (Object.keys(ACTION_IDS) as PressKind[]).find((each) => ACTION_IDS[each] === id);
  const [, text, openedAt] = /^([\w-]{1,150})@(\d{1,15}|never)$/.exec(textIn(action, "value") ?? "") ?? [];
  const mark = readMark(text ?? "");
  if (kind === undefined || mark === null || openedAt === undefined) return null;
  return { kind, mark, openedAt: openedAt === "never" ? null : Number(openedAt) };
}

function plain(text: string): object {
  return { type: "plain_text", text, emoji: false };
}
