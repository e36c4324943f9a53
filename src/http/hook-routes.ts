import { z } from "zod";
import type { Result } from "../core/input.ts";
import { readMark, type Mark } from "../core/receipt.ts";
import { callbackRefused, calledBack } from "../observe/events.ts";
import { problem } from "./problem.ts";
import { route, type Route } from "./route.ts";

/** What the rule learns in return, and shows in its audit log. */
export interface HookTaken {
  readonly incident: number;
  readonly key: string;
  /** It was said before, and nothing was changed. */
  readonly known: boolean;
}

const TakenAnswer: z.ZodType<HookTaken> = z.strictObject({ incident: z.int(), key: z.string(), known: z.boolean() });

const MOST_URL_CHARACTERS = 500;

/** Whatever stands beside these is the rule's own business. */
const Told = z
  .object({
    mark: z.string().transform((text, context): Mark => {
      const mark = readMark(text.trim());
      if (mark !== null) return mark;
      context.addIssue({ code: "custom", message: "is no mark of ours: send data.riposte.mark as it came" });
      return z.NEVER;
    }),
    key: z.string().regex(/^[A-Z][A-Z0-9_]{0,79}-[1-9]\d{0,9}$/, "is no key of an issue, such as SEC-12"),
    url: z.string().max(MOST_URL_CHARACTERS).nullish(),
    created: z.boolean({ error: "expected true where the rule made the issue, and false where it found it" }),
  })
  .refine(({ key, url }) => isMissing(url) || isAddressOf(url, key), {
    path: ["url"],
    error: "is not the address of that issue, such as https://example.atlassian.net/browse/SEC-12; leave it out",
  });

const jiraAutomation = route({
  method: "POST",
  path: "/v1/hooks/jira-automation",
  needs: "hooks",
  summary: "What Jira's Automation rule has made of a call of Riposte's",
  body: Told,
  answer: TakenAnswer,
  refusals: ["conflict", "unavailable"],
  async handle({ body: { mark, key, url, created }, caller: { name: by }, context }, { door, log, metrics }) {
    const remote = { anchor: key, url: isMissing(url) ? null : url };
    let result: Result;
    try {
      result = await door.submit({ kind: "called_back", mark, remote, created });
    } catch (error) {
      log.error({ err: error }, "a call back could not be committed");
      return problem(context, "unavailable", "the database did not take it, and nothing was changed; send it again");
    }
    const { calledBack: word = "taken", refused } = result;
    metrics.calledBack(word);
    if (typeof refused === "string") {
      callbackRefused(log, { by, why: word, says: refused });
      return problem(context, "conflict", `${word}: ${refused}`);
    }
    const { incident, destination } = mark;
    const known = word === "known";
    calledBack(log, { by, destination, incident, key, created, known });
    return { incident, key, known };
  },
});

/** Calls of other systems about what Riposte told them. Who calls is believed for what he was told, and for no more. */
export const hookRoutes: readonly Route[] = [jiraAutomation];

function isMissing(url: string | null | undefined): url is null | undefined | "" {
  return url === undefined || url === null || url === "";
}

/** It is shown to people as the way to the ticket, so it is one that ends there, and holds nothing else. */
function isAddressOf(text: string, key: string): boolean {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return false;
  return /^[\x21-\x7e]+$/.test(text) && url.username === "" && url.password === "" && url.pathname.endsWith(`/${key}`);
}
