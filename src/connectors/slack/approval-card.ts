import type { AskedApproval } from "../../core/asked-approval.ts";
import { digestOf } from "../../core/digest.ts";
import type { Picture } from "../../core/picture.ts";
import { CATALOGUE } from "../../core/response-catalogue.ts";
import { durationWords } from "../../core/response-limit.ts";
import { aliasOf } from "../../core/response-order.ts";
import type { Response } from "../../core/response.ts";
import { decisionButtons } from "./approval-buttons.ts";
import { mrkdwnObject, NOTIFICATION_CHARS, section } from "./blocks.ts";
import { exactly, exactWords } from "./exactly.ts";
import type { AppConfig } from "./kind.ts";
import { mrkdwnLine, slackTime } from "./mrkdwn.ts";

/** Longer ones are not shortened: they are approved elsewhere. */
const NAME_CHARS = 256;
const WHY_CHARS = 1_000;
const PEOPLE_CHARS = 500;
const SAYS_CHARS = 500;

/** What of the picture is asked here: where somebody may press. */
export function askedHere({ people }: AppConfig, { asked = [] }: Picture): readonly AskedApproval[] {
  return people === undefined ? [] : asked.filter(({ isForSlack }) => isForSlack);
}

export function isWaiting({ response }: AskedApproval): boolean {
  return response.state === "held";
}

/** One line of the incident's own message for what waits in its thread. */
export function waitingLines(config: AppConfig, picture: Picture): readonly string[] {
  const waiting = askedHere(config, picture).filter(isWaiting);
  if (waiting.length === 0) return [];
  const names = waiting.slice(0, 5).map(({ response: { id } }) => `R${id}`);
  const more = waiting.length > 5 ? ` and ${waiting.length - 5} more` : "";
  return [`• *Waits for approval*: ${names.join(", ")}${more}, in the thread`];
}

/** What people are asked to approve, in full, or who decided what and when. */
export function approvalCard(asked: AskedApproval, mark: string, isRepeat: boolean): object {
  const { response } = asked;
  const { id, state } = response;
  const title = `R${id} ${state === "held" ? "waits for approval" : state === "refused" ? "is not done" : "is approved"}`;
  const buttons = state === "held" && whyElsewhere(asked) === null ? decisionButtons(asked, mark) : [];
  return {
    text: mrkdwnLine(`#${response.incident} ${title}: ${response.terms.do}`, NOTIFICATION_CHARS),
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      section(`*${title}*`),
      section(factsOf(response).join("\n")),
      section(outcomeLines(asked).join("\n")),
      ...(buttons.length === 0
        ? []
        : [{ type: "actions", block_id: `rp:${response.incident}:r${id}`, elements: buttons }]),
      ...(isRepeat
        ? [{ type: "context", elements: [mrkdwnObject("*Possible repeat*: an earlier one may have arrived.")] }]
        : []),
    ],
  };
}

/** Of what it shows. */
export function digestOfCard(asked: AskedApproval): string {
  return digestOf(JSON.stringify(approvalCard(asked, "", false)));
}

function factsOf(response: Response): readonly string[] {
  const { terms, agent, target, because, liftAfterMs, requestedBy, policy } = response;
  const { does, verified, wayBack } = CATALOGUE[terms.do];
  const alias = aliasOf(response);
  const by = terms.by === "companion" ? "by the companion" : "by Wazuh's own script";
  const back = wayBack[terms.by] ?? "not by itself";
  const named = agent.name === null ? "" : ` ${exactName(agent.name)}`;
  const platform = agent.platform === null ? "" : `, ${agent.platform}`;
  const registered = agent.registeredAt === null ? "" : `, registered ${slackTime(agent.registeredAt)}`;
  const why =
    because ?? (terms.onlyIf === "always" ? "no evidence is asked for (only_if: always)" : "its policy lists it");
  return [
    `*Action* ${terms.do}: ${does}, ${by}${alias === null ? "" : ` (\`${alias}\`)`}`,
    target.kind === "agent" ? "*Target* the agent itself" : `*Target* ${target.kind} ${exactName(target.name)}`,
    `*Agent* ${exactName(agent.id)}${named}${platform}${registered}`,
    liftAfterMs === null
      ? `*Lifted* ${terms.do === "restart-agent" ? "nothing to take back" : "not by itself: a person must take it back"}`
      : `*Lifted* after ${durationWords(liftAfterMs)}, ${back}`,
    `*Known to be so* ${verified[terms.by] ?? "not at all"}`,
    `*Evidence* ${mrkdwnLine(exactWords(why), WHY_CHARS)}`,
    `*Asked for by* ${requestedBy === null ? mrkdwnLine(`policy ${policy}`, PEOPLE_CHARS) : exactName(requestedBy)}`,
  ];
}

function outcomeLines(asked: AskedApproval): readonly string[] {
  const { response, approvers, needed } = asked;
  const { id, state, approvals, expiresAt, endedAt, says } = response;
  const given = approvals.map(({ who, at }) => `*Approved* by ${mrkdwnLine(who, PEOPLE_CHARS)} · ${slackTime(at)}`);
  switch (state) {
    case "held": {
      const counted = approvals.filter(({ who }) => approvers.includes(who)).length;
      const different = needed > 1 ? `; ${needed} different people, ${needed - counted} still missing` : "";
      const elsewhere = whyElsewhere(asked);
      return [
        ...given,
        `*May approve* ${mrkdwnLine(approvers.join(", "), PEOPLE_CHARS)}${different}; not who asked for it, nor who it is done to`,
        ...(expiresAt === null ? [] : [`*Until* ${slackTime(expiresAt)}; after that it is a no`]),
        elsewhere === null
          ? `Or: \`riposte responses approve ${id}\` · \`riposte responses refuse ${id}\``
          : `*No buttons* ${elsewhere}: \`riposte responses approve ${id}\` shows all of it`,
      ];
    }
    case "refused": {
      const at = endedAt === null ? "" : ` · ${slackTime(endedAt)}`;
      return [...given, `*Not done* ${mrkdwnLine(says ?? "for no reason that is known", SAYS_CHARS)}${at}`];
    }
    case "planned":
    case "advised":
    case "allowed":
    case "sending":
    case "sent":
    case "received":
    case "received_unprovable":
    case "verified":
    case "failed":
    case "unknown":
    case "lifting":
    case "lifted":
    case "dead":
      return [...given, "What comes of it is told here in the thread."];
  }
}

/** Why it can't be decided from what is shown here; null: it can. */
function whyElsewhere({ isWhole, response: { target, agent, because, requestedBy } }: AskedApproval): string | null {
  if (!isWhole) return "a part of it is left out here (redact)";
  const names = [target.name, agent.id, agent.name ?? "", requestedBy ?? ""];
  if (names.some((name) => exactly(name).shown.length > NAME_CHARS)) return "a name is too long to be shown whole";
  return exactWords(because ?? "").length > WHY_CHARS ? "its evidence is too long to be shown whole" : null;
}

/** As code, with a word on what is in it that could be taken for something else. */
function exactName(name: string): string {
  const { shown, warns } = exactly(name);
  const code = shown === "" ? "(none)" : `\`${mrkdwnLine(shown, NAME_CHARS)}\``;
  return warns === null ? code : `${code} *(${warns})*`;
}
