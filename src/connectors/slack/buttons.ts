import type { Picture } from "../../core/picture.ts";
import { readMark, type Mark } from "../../core/receipt.ts";
import type { Instant } from "../../core/time.ts";
import { readSpan, SILENCE_SPANS, type Asked } from "./asked.ts";
import type { AppConfig } from "./kind.ts";
import { memberOf, textIn } from "./members.ts";
import { plain } from "./plain-object.ts";
import { changesIn, readStep, stepsMenu } from "./steps-menu.ts";

/** What people may do with an incident where they read of it. */
export type PressKind = Asked["kind"];

/** A button of ours, as it comes back. */
export type Press = Asked & {
  readonly mark: Mark;
  /** When the incident that it was made for had opened: it is for no later one. */
  readonly openedAt: Instant | null;
  /** How often what it changes had been changed when it was made; null: it does not say. */
  readonly seen: number | null;
};

const ACTION_IDS: Readonly<Record<PressKind, string>> = {
  acknowledge: "rp_acknowledge",
  resolve: "rp_resolve",
  false_positive: "rp_false_positive",
  silence: "rp_silence",
  lift_silence: "rp_lift_silence",
  tick: "rp_tick",
  take: "rp_take",
  assign: "rp_assign",
};

/** The elements of one block of actions, or none: those that would change something as things are. */
export function buttonsOf(config: AppConfig, picture: Picture, mark: string): readonly (readonly object[])[] {
  const { incident, silenced } = picture;
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
  const { silenceChanges = 0, assigneeChanges = 0, assignee } = incident.handling ?? {};
  const take = button("take", "Take it", { value: `${value}.${assigneeChanges}` });
  const silenceOf = `${value}.${silenceChanges}`;
  const others = [
    ...(assignee === undefined ? [take] : []),
    button("false_positive", "False positive", {
      confirm: {
        title: plain("A false positive?"),
        text: plain(`Incident #${incident.id} is over for everybody. You are told how the policy could leave it out.`),
        confirm: plain("False positive"),
        deny: plain("Cancel"),
      },
    }),
    ...(silenced === undefined ? [] : [button("lift_silence", "Lift the silence", { value: silenceOf })]),
    ...(incident.state === "pending" ? [] : [silenceMenu(`${ACTION_IDS.silence}:${silenceOf}`)]),
    ...stepsMenu(picture, `${ACTION_IDS.tick}:${value}`),
  ];
  switch (incident.state) {
    case "pending":
    case "open":
      return [[button("acknowledge", "Acknowledge", { style: "primary" }), resolve, ...others]];
    case "acknowledged":
      return [[resolve, ...others]];
    case "resolved":
      return [];
  }
}

/** An option holds less than the longest mark, so that the menu's own name has it. */
function silenceMenu(name: string): object {
  return {
    type: "overflow",
    action_id: name,
    options: Object.entries(SILENCE_SPANS).map(([span, { label }]) => ({ text: plain(label), value: span })),
  };
}

/** Null: no button of ours, or not as we made it. */
export function readPress(action: unknown): Press | null {
  const [id = "", ...named] = (textIn(action, "action_id") ?? "").split(":");
  const kind = (Object.keys(ACTION_IDS) as PressKind[]).find((each) => ACTION_IDS[each] === id);
  const value = named.length === 0 ? (textIn(action, "value") ?? "") : named.join(":");
  const [, text, openedAt, seen] = /^([\w-]{1,150})@(\d{1,15}|never)(?:\.(\d{1,9}))?$/.exec(value) ?? [];
  const mark = readMark(text ?? "");
  const chosen = textIn(memberOf(action, "selected_option"), "value");
  const asked = kind === undefined ? null : readAsked(kind, chosen ?? "");
  if (asked === null || mark === null || openedAt === undefined) return null;
  const changes = asked.kind === "tick" ? changesIn(chosen ?? "") : seen === undefined ? null : Number(seen);
  return { ...asked, mark, openedAt: openedAt === "never" ? null : Number(openedAt), seen: changes };
}

function readAsked(kind: PressKind, chosen: string): Asked | null {
  switch (kind) {
    case "acknowledge":
    case "lift_silence":
    case "take":
      return { kind };
    case "resolve":
    case "false_positive":
      return { kind, note: null };
    case "silence": {
      const span = readSpan(chosen);
      return span === null ? null : { kind, span };
    }
    case "tick":
      return readStep(chosen);
    case "assign":
      return null;
  }
}
