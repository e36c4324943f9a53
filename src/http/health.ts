import { z } from "zod";
import { SECOND_MS } from "../core/time.ts";
import { metricsPage } from "./gauged.ts";
import type { ApiParts } from "./parts.ts";
import { route } from "./route.ts";

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly says: string;
}

/** A Writer that has not answered by then is stuck: what restarts the process may do so. */
const WRITER_SILENT_MS = 5 * SECOND_MS;

const HealthAnswer = z
  .strictObject({
    ok: z.boolean(),
    checks: z.array(z.strictObject({ name: z.string(), ok: z.boolean(), says: z.string() })),
  })
  .meta({ id: "Health" });

const healthy = route({
  method: "GET",
  path: "/healthz",
  needs: null,
  summary: "Whether the process does its work, for what restarts it",
  answer: HealthAnswer,
  alsoAnswers: [{ status: 503, says: "It does not" }],
  async handle({ context }, parts) {
    const check = await checkWriter(parts);
    return context.json({ ok: check.ok, checks: [check] }, check.ok ? 200 : 503);
  },
});

const ready = route({
  method: "GET",
  path: "/readyz",
  needs: null,
  summary: "Whether all parts are well, with each",
  answer: HealthAnswer,
  alsoAnswers: [{ status: 503, says: "Some are not" }],
  async handle({ context }, parts) {
    const checks = [checkStopping(parts), await checkWriter(parts), await checkDatabase(parts), ...checkSources(parts)];
    checks.push(...checkSecrets(parts));
    const ok = checks.every((check) => check.ok);
    return context.json({ ok, checks }, ok ? 200 : 503);
  },
});

const metrics = route({
  method: "GET",
  path: "/metrics",
  needs: null,
  summary: "Numbers for Prometheus",
  answer: { contentType: "text/plain" },
  async handle({ context }, parts) {
    return context.body(await metricsPage(parts), 200, { "Content-Type": parts.metrics.contentType });
  },
});

/** For those who watch over the process. */
export const healthRoutes = [healthy, ready, metrics];

/** An answer means that its loop turns and its database takes statements. */
async function checkWriter({ door, clock }: ApiParts): Promise<Check> {
  const name = "writer";
  const answered = await new Promise<"yes" | "late" | "failed">((resolve) => {
    const cancel = clock.after(WRITER_SILENT_MS, () => resolve("late"));
    door.check().then(
      () => {
        cancel();
        resolve("yes");
      },
      () => {
        cancel();
        resolve("failed");
      },
    );
  });
  switch (answered) {
    case "yes":
      return { name, ok: true, says: "answers" };
    case "late":
      return { name, ok: false, says: `has not answered for ${WRITER_SILENT_MS / SECOND_MS} s` };
    case "failed":
      return { name, ok: false, says: "can't reach its database; the log says why" };
  }
}

function checkStopping({ stopping }: ApiParts): Check {
  return { name: "process", ok: !stopping(), says: stopping() ? "is stopping" : "runs" };
}

async function checkDatabase({ reader }: ApiParts): Promise<Check> {
  try {
    await reader.lanes();
    return { name: "database", ok: true, says: "is open" };
  } catch {
    return { name: "database", ok: false, says: "can't be read; the log says why" };
  }
}

/**
 * Whoever rolls out a version, or a role, that can't read the secrets in AWS should learn it before the one that runs
 * goes. One that was read once is no matter of readiness any more: it stays in use.
 */
function checkSecrets({ secrets = () => [] }: ApiParts): readonly Check[] {
  const unread = secrets().filter(({ readAt, isFromAws }) => isFromAws && readAt === null);
  return unread.map(({ field, trouble }) => ({
    name: `secret ${field}`,
    ok: false,
    says: trouble ?? "has not been read yet",
  }));
}

function checkSources({ sources }: ApiParts): readonly Check[] {
  return Object.entries(sources()).map(([source, { state, trouble, waitsFor }]) => {
    const name = `source ${source}`;
    if (trouble !== null) return { name, ok: false, says: trouble };
    // How long a backlog takes says nothing of whether this process does its work.
    if (waitsFor !== undefined) return { name, ok: true, says: `waits for ${waitsFor}` };
    return { name, ok: state === "reading" || state === "at_end", says: state };
  });
}
