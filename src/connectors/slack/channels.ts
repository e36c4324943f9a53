import { later, type Later } from "../../core/outcome.ts";
import type { Io } from "../connector.ts";
import type { Access } from "./access.ts";
import { leftMs, readSlack } from "./client.ts";
import { listIn, nextCursorIn, textIn } from "./members.ts";

const PAGE = "200";
const LEAST_TIME_MS = 500;
const BOTH_KINDS = "public_channel,private_channel";
const ID = /^[CGD][A-Z0-9]{7,30}$/;

/** Which id each channel has that the config names; an answer of Slack's says so, or its list of channels. */
export class Channels {
  readonly #ids = new Map<string, string>();

  /** Slack's own answer to what was posted to that name. */
  saw(configured: string, id: string): void {
    this.#ids.set(nameOf(configured), id);
  }

  async idOf(configured: string, access: Access, io: Io): Promise<string | Later> {
    if (ID.test(configured)) return configured;
    const name = nameOf(configured);
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    return this.#list(name, access, io, BOTH_KINDS);
  }

  async #list(name: string, access: Access, io: Io, types: string): Promise<string | Later> {
    let cursor = "";
    do {
      const query = { types, limit: PAGE, exclude_archived: "false", ...(cursor !== "" && { cursor }) };
      const read = await readSlack(io, access, "its channels", { method: "conversations.list", query }, pageIn);
      // Whoever may not see private channels still sees the public ones.
      if (read.kind === "later")
        return read.word === "missing_scope" && types === BOTH_KINDS
          ? this.#list(name, access, io, "public_channel")
          : read;
      for (const { id, name: of } of read.value.channels) this.#ids.set(of.toLowerCase(), id);
      const found = this.#ids.get(name);
      if (found !== undefined) return found;
      cursor = read.value.next;
    } while (cursor !== "" && leftMs(io) >= LEAST_TIME_MS);
    const why =
      cursor === "" ? "there is none of that name that the app can see" : "it has too many to be read in time";
    return later(
      "destination_gone",
      "action",
      null,
      `Slack's channel #${name}: ${why}; its id, such as C0123456789, needs no list`,
    );
  }
}

function nameOf(configured: string): string {
  return configured.replace(/^#/, "").toLowerCase();
}

function pageIn(json: unknown) {
  const listed = listIn(json, "channels");
  if (listed === null) return null;
  const channels = listed.flatMap((channel) => {
    const [id, name] = [textIn(channel, "id"), textIn(channel, "name")];
    return id === null || name === null ? [] : [{ id, name }];
  });
  return { channels, next: nextCursorIn(json) };
}
