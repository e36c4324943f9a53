import type { AskedApproval } from "../../core/asked-approval.ts";
import { readMark, type Mark } from "../../core/receipt.ts";
import { textIn } from "./members.ts";

/** A yes or a no to exactly what was shown. */
export interface Decision {
  readonly kind: "approve" | "refuse";
  readonly mark: Mark;
  readonly response: number;
  /** Of what stood beside the button. */
  readonly digest: string;
}

const ACTION_IDS: Readonly<Record<Decision["kind"], string>> = { approve: "rp_approve", refuse: "rp_refuse" };

/** None where nothing waits, where nobody may press, and where not all of it is shown. */
export function decisionButtons({ response, needed }: AskedApproval, mark: string): readonly object[] {
  const { id, digest, approvals } = response;
  const value = `${mark}@R${id}.${digest ?? ""}`;
  const missing = needed - approvals.length;
  const others = missing > 1 ? ` It takes ${missing} different people.` : "";
  const button = (kind: Decision["kind"], text: string, style: string, asks: string, confirm: string): object => ({
    type: "button",
    action_id: ACTION_IDS[kind],
    text: plain(text),
    style,
    value,
    confirm: { title: plain(asks), text: plain(confirm), confirm: plain(text), deny: plain("Cancel"), style },
  });
  return [
    button(
      "approve",
      "Approve",
      "primary",
      `Approve R${id}?`,
      `Riposte does exactly what this message shows, and you stand in the audit for it.${others}`,
    ),
    button("refuse", "Refuse", "danger", `Refuse R${id}?`, "It is not done, whoever approves it afterwards."),
  ];
}

/** Null: none of these buttons, or not as we made it. */
export function readDecision(action: unknown): Decision | null {
  const id = textIn(action, "action_id");
  const kind = (["approve", "refuse"] as const).find((each) => ACTION_IDS[each] === id);
  const [, text = "", response, digest] =
    /^([\w-]{1,150})@R([1-9]\d{0,14})\.([0-9a-f]{16})$/.exec(textIn(action, "value") ?? "") ?? [];
  const mark = readMark(text);
  if (kind === undefined || mark === null || response === undefined || digest === undefined) return null;
  return { kind, mark, response: Number(response), digest };
}

function plain(text: string): object {
  return { type: "plain_text", text, emoji: false };
}
