import { byHand } from "../core/response-order.ts";
import { nameOfResponse, type Response, type ResponseState } from "../core/response.ts";
import type { Instant } from "../core/time.ts";
import { visible } from "../core/visible.ts";
import type { ResponsePage } from "../http/response-routes.ts";
import { table, type Colour, type Paint } from "./terminal.ts";
import { ago, duration, grouped, instant } from "./words.ts";

export function renderResponsePage(page: ResponsePage, now: Instant, paint: Paint): string {
  const { responses, next, stop } = page;
  const heads = ["ID", "INCIDENT", "STATE", "PLANNED", "ENDS", "WHAT", "WHY"];
  const rows = responses.map((response) => [
    `R${response.id}`,
    `#${response.incident}`,
    STATES[response.state],
    ago(response.plannedAt, now),
    endOf(response),
    nameOfResponse(response),
    response.says ?? response.because ?? "-",
  ]);
  return [
    ...(stop === null
      ? []
      : [
          paint(
            "red",
            `Stopped by ${visible(stop.who)} at ${instant(stop.at)}${stop.why === null ? "" : `: ${visible(stop.why)}`}\n`,
          ),
        ]),
    `${difference(page)}\n`,
    ...(responses.length === 0 ? [] : [table(heads, rows, paint)]),
    ...(next === null ? [] : [paint("dim", "there are older ones: --limit\n")]),
  ].join("");
}

/** What should be in force, and what is known to be. */
export function difference({ counts }: Pick<ResponsePage, "counts">): string {
  const of = (...states: readonly ResponseState[]): number =>
    states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  const should = of("sending", "sent", "received", "received_unprovable", "verified", "unknown");
  const parts = [
    `${grouped(of("verified"))} seen on the agent`,
    `${grouped(of("received_unprovable"))} received, unprovable`,
    `${grouped(of("sending", "sent", "received", "unknown"))} not known`,
  ];
  const ends = [`${grouped(of("lifting"))} being lifted`, `${grouped(of("dead"))} for a person to lift`];
  return `Should be in force: ${grouped(should)} (${parts.join(", ")}). ${ends.join(", ")}. Waiting for a yes: ${grouped(of("held"))}.`;
}

export function renderResponse(response: Response, now: Instant, paint: Paint): string {
  const { id, state, incident, policy, agent, terms, mode, approvals, order, digest } = response;
  const at = (instantAt: Instant | null): string =>
    instantAt === null ? "-" : `${instant(instantAt)} (${ago(instantAt, now)})`;
  const facts: readonly (readonly [string, string | null])[] = [
    ["what", nameOfResponse(response)],
    [
      "agent",
      `${agent.id} ${agent.name ?? ""}${agent.registeredAt === null ? "" : `, registered ${instant(agent.registeredAt)}`}`,
    ],
    [
      "by",
      terms.by === "companion"
        ? "the companion, which says what it did"
        : "Wazuh's own script, which can prove nothing",
    ],
    ["for", response.liftAfterMs === null ? "once, with nothing to take back" : duration(response.liftAfterMs)],
    ["of", `#${incident}, policy ${policy}, mode ${mode}`],
    ["because", response.because],
    ["why", response.says],
    ["approved", approvals.length === 0 ? null : approvals.map((one) => `${one.who} at ${instant(one.at)}`).join(", ")],
    ["expires", state === "held" ? at(response.expiresAt) : null],
    [
      "ordered",
      order === null ? null : `${order.verb}, ${at(order.beganAt)}${order.endedAt === null ? ", no answer yet" : ""}`,
    ],
    ["seen", response.seenAt === null ? null : at(response.seenAt)],
    ["ends", response.endsAt === null ? null : at(response.endsAt)],
    ["by hand", state === "dead" || state === "lifting" || state === "unknown" ? byHand(response) : null],
    ["digest", digest],
  ];
  return [
    `${paint("bold", `R${id}`)} ${paint(COLOURS[state] ?? "bold", STATES[state])}\n`,
    ...facts.flatMap(([name, value]) => (value === null ? [] : [`  ${name.padEnd(9)}${visible(value)}\n`])),
  ].join("");
}

export const STATES: Readonly<Record<ResponseState, string>> = {
  planned: "planned",
  advised: "would be done",
  refused: "refused",
  held: "waits for a yes",
  allowed: "allowed",
  sending: "being sent",
  sent: "sent",
  received: "received",
  received_unprovable: "received, unprovable",
  verified: "seen on the agent",
  failed: "failed",
  unknown: "not known",
  lifting: "being lifted",
  lifted: "lifted",
  dead: "a person must lift it",
};

const COLOURS: Readonly<Partial<Record<ResponseState, Colour>>> = {
  verified: "green",
  lifted: "green",
  held: "yellow",
  unknown: "yellow",
  received_unprovable: "yellow",
  failed: "red",
  dead: "red",
};

function endOf({ state, endsAt }: Response): string {
  if (endsAt === null || state === "lifted") return "-";
  return instant(endsAt);
}
