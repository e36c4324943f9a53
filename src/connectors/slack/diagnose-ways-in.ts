import { createHmac } from "node:crypto";
import type { Finding } from "../../core/check-up.ts";
import { SECOND_MS } from "../../core/time.ts";
import { saySocketTrouble } from "../../ports/slack-socket-trouble.ts";
import { sayFailure } from "../call.ts";
import type { Io } from "../connector.ts";
import { openAppAccess } from "./app-access.ts";
import { callSlack, sayAnswer } from "./client.ts";
import type { AppConfig } from "./kind.ts";
import { textIn } from "./members.ts";
import { whyNoSigningSecret } from "./signature.ts";

const HOOK_PATH = "/v1/hooks/slack";
const ANSWER_BYTES = 64 * 1_024;

/** The ways by which presses come in, as far as they can be tried from here. `door`: where http.listen is, if it is. */
export async function diagnoseWaysIn(config: AppConfig, door: string | null, io: Io): Promise<readonly Finding[]> {
  const { app_token: appToken, signing_secret: secret, people } = config;
  if (people === undefined) return [];
  return [
    peopleFinding(people),
    ...(appToken === undefined ? [] : [await socketFinding(config, io)]),
    ...(secret === undefined ? [] : [await hookFinding(config, door, io)]),
    ...(appToken === undefined || secret === undefined
      ? []
      : [
          doubtful(
            "ways in",
            "has app_token and signing_secret: while Socket Mode is switched on in the app, Slack sends nothing over HTTP",
          ),
        ]),
  ];
}

function peopleFinding(people: NonNullable<AppConfig["people"]>): Finding {
  const check = "people";
  if (people === "everyone")
    return doubtful(check, "everyone in the channel may acknowledge and resolve; name people to change that");
  const count = Object.keys(people).length;
  if (count === 0) return doubtful(check, "nobody may press: people is empty");
  return { check, ok: true, says: count === 1 ? "one person may press" : `${count} people may press` };
}

/** An address is asked for, and no connection made: the server's own goes on. */
async function socketFinding(config: AppConfig, io: Io): Promise<Finding> {
  const check = "Socket Mode";
  const access = await openAppAccess(config, io);
  if (typeof access === "string") return { check, ok: false, says: access };
  const { appToken: token, api: base } = access;
  const called = await callSlack(io, { kind: "access", base, token }, { method: "apps.connections.open", json: "{}" });
  if (called === null) return { check, ok: false, says: "Slack took too long" };
  if (called.kind === "failed") return { check, ok: false, says: `Slack: ${sayFailure(called)}` };
  if (called.ok && textIn(called.json, "url") !== null)
    return { check, ok: true, says: "Slack gives the app a connection; buttons and /riposte need no open port" };
  const says = called.word === null ? sayAnswer(called) : saySocketTrouble({ data: { error: called.word } });
  return { check, ok: false, says };
}

/** A signed request that asks for nothing: whether a server takes it that has the same secret. */
async function hookFinding({ signing_secret: ref }: AppConfig, door: string | null, io: Io): Promise<Finding> {
  const check = "interactivity";
  if (ref === undefined) return { check, ok: false, says: "there is no signing_secret" };
  const secret = await io.secrets.read(ref);
  const value = secret.kind === "value" ? secret.value.trim() : "";
  const trouble = secret.kind === "unreadable" ? secret.why : whyNoSigningSecret(value);
  if (trouble !== null) return { check, ok: false, says: `signing_secret: ${trouble}` };
  if (door === null)
    return {
      check,
      ok: false,
      says: "the config has no http.listen, so Slack reaches nobody: add it, or use app_token (Socket Mode) instead",
    };
  const byHand = `In the app, Interactivity & Shortcuts and Slash Commands need https://YOUR-HOST${HOOK_PATH}, from where it is passed on to ${door}`;
  const body = `doctor=${io.now.toString(36)}`;
  const timestamp = String(Math.floor(io.now / SECOND_MS));
  const answer = await io.http.request({
    method: "POST",
    url: `${door}${HOOK_PATH}`,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": `v0=${createHmac("sha256", value).update(`v0:${timestamp}:${body}`).digest("hex")}`,
    },
    body,
    deadlineMs: io.deadlineMs,
    maxAnswerBytes: ANSWER_BYTES,
  });
  if (answer.kind === "failed")
    return doubtful(check, `${door} does not answer (${sayFailure(answer)}): is the server running? ${byHand}`);
  if (answer.status === 200)
    return { check, ok: true, says: `${door} takes what is signed with this secret. ${byHand}` };
  const why = answer.status === 401 ? ": the server that runs has another config or another secret" : "";
  return { check, ok: false, says: `${door} answered ${answer.status} to a signed request${why}` };
}

function doubtful(check: string, says: string): Finding {
  return { check, ok: true, doubtful: true, says };
}
