import { Hono } from "hono";
import { SECOND_MS } from "../core/time.ts";
import { metricsPage } from "./gauged.ts";
import type { ApiParts } from "./parts.ts";

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly says: string;
}

/** A Writer that has not answered by then is stuck: what restarts the process may do so. */
const WRITER_SILENT_MS = 5 * SECOND_MS;

/** For those who watch over the process; the door at `http.listen`, and part of the admin socket. */
export function healthRoutes(parts: ApiParts): Hono {
  const app = new Hono();
  app.get("/healthz", async (context) => {
    const check = await checkWriter(parts);
    return context.json({ ok: check.ok, checks: [check] }, check.ok ? 200 : 503);
  });
  app.get("/readyz", async (context) => {
    const checks = [checkStopping(parts), await checkWriter(parts), await checkDatabase(parts), ...checkSources(parts)];
    const ok = checks.every((check) => check.ok);
    return context.json({ ok, checks }, ok ? 200 : 503);
  });
  app.get("/metrics", async (context) => {
    return context.body(await metricsPage(parts), 200, { "Content-Type": parts.metrics.contentType });
  });
  return app;
}

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

function checkSources({ sources }: ApiParts): readonly Check[] {
  return Object.entries(sources()).map(([source, { state, trouble }]) => {
    const name = `source ${source}`;
    if (trouble !== null) return { name, ok: false, says: trouble };
    return { name, ok: state === "reading" || state === "at_end", says: state };
  });
}
