import type { Given } from "./given.ts";

/** A text that short protects nothing, and would be taken out of every other word. */
const SHORTEST = 6;
/** Of a path: shorter parts are words, such as `services`. */
const SHORTEST_PART = 12;

/** Everything that a script might write out of what it was handed, in the forms in which programs do. */
export function hiddenIn({ apiKey, hookUrl, options }: Given): readonly string[] {
  const texts = [apiKey, hookUrl, options, ...partsOfUrl(hookUrl), ...textsInJson(options)].filter(
    (text) => text !== null,
  );
  return texts.filter(({ length }) => length >= SHORTEST).flatMap(formsOf);
}

function formsOf(text: string): readonly string[] {
  return [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text.toWellFormed()),
    Buffer.from(text).toString("base64").replace(/=+$/, ""),
  ];
}

/** Python's requests names a host and a path, each by itself, when it gets no connection. */
function partsOfUrl(address: string | null): readonly string[] {
  const url = address === null ? null : URL.parse(address);
  if (url === null) return [];
  const path = `${url.pathname}${url.search}`;
  return [
    ...(path.length >= SHORTEST_PART ? [path, url.pathname] : []),
    ...url.pathname.split("/").filter(({ length }) => length >= SHORTEST_PART),
    ...url.searchParams.values(),
    url.password,
  ];
}

function textsInJson(json: string | null): readonly string[] {
  if (json === null) return [];
  const texts: string[] = [];
  try {
    JSON.parse(json, (_, value: unknown) => {
      if (typeof value === "string") texts.push(value);
    });
  } catch {
    // Whatever it is, it is hidden as a whole, and line by line.
    return json.split("\n");
  }
  return texts;
}
