import { own, type JsonObject } from "./json.ts";
import { shownMessage, type Shown } from "./slack-text.ts";

/** Something in a message that Slack would make live: it calls people, or leads somewhere when pressed. */
export type LiveMarkup =
  | { readonly kind: "mention"; readonly place: string; readonly markup: string }
  /** `host` is null when the target has none (`mailto:`), or is no URL at all. */
  | {
      readonly kind: "link";
      readonly place: string;
      readonly markup: string;
      readonly url: string;
      readonly host: string | null;
    };

/**
 * All that is live in a payload, so that a test can say of hostile text that there is nothing, or nothing but links to
 * hosts of our own. A bare address in running text is not listed: Slack makes it a link, and it leads where it says.
 */
export function liveMarkup(payload: JsonObject): readonly LiveMarkup[] {
  const bareNamesLive = own(payload, "parse") === "full" || Boolean(own(payload, "link_names"));
  return shownMessage(payload).flatMap((shown) => liveIn(shown, bareNamesLive));
}

function liveIn(shown: Shown, bareNamesLive: boolean): readonly LiveMarkup[] {
  const { place } = shown;
  switch (shown.kind) {
    case "plain":
      return [];
    case "button":
      return [link(place, `<${shown.url}>`, shown.url)];
    case "mention":
      return [{ kind: "mention", place, markup: shown.markup }];
    case "markdown":
      return [...brackets(shown.text, place), ...markdownLinks(shown.text, place), ...bareMentions(shown.text, place)];
    case "mrkdwn":
      // Slack's page on text objects: without `verbatim`, "certain mentions" in plain words are made live too.
      return [
        ...brackets(shown.text, place),
        ...(bareNamesLive || !shown.verbatim ? bareMentions(shown.text, place) : []),
      ];
  }
}

/** To Slack, whatever stands in angle brackets and is not a mention is a link, sensible or not. */
function brackets(text: string, place: string): readonly LiveMarkup[] {
  return [...text.matchAll(/<([^<>]+)>/g)].map(([markup, inside = ""]) => {
    if (/^[!@#]/.test(inside)) return { kind: "mention", place, markup };
    return link(place, markup, inside.split("|", 1)[0] ?? "");
  });
}

function markdownLinks(text: string, place: string): readonly LiveMarkup[] {
  return [...text.matchAll(/\[[^\]]*\]\(([^)\s]+)[^)]*\)/g)].map(([markup, url = ""]) => link(place, markup, url));
}

function bareMentions(text: string, place: string): readonly LiveMarkup[] {
  return [...text.matchAll(/(?<![\w.])@(?:channel|here|everyone)\b/g)].map(([markup]) => ({
    kind: "mention",
    place,
    markup,
  }));
}

function link(place: string, markup: string, url: string): LiveMarkup {
  const host = URL.parse(url)?.hostname ?? "";
  return { kind: "link", place, markup, url, host: host === "" ? null : host };
}
