import type { Change } from "../../src/core/change.ts";
import type { Instant } from "../../src/core/time.ts";
import { hold } from "./checks.ts";
import type { IncidentRow, Rows } from "./rows.ts";

export const STORM_POLICY = "riposte:storm:jira";
/** As many as the ticket names. */
const NAMED_MOST = 50;

/** Watches whom the budget leaves over, and that one incident says so for all of them. */
export class Storms {
  /** Incidents that are listed, and when one last came or went: also between two looks, and back again. */
  readonly #listed = new Set<number>();
  #changedAt: Instant = 0;
  #lastedAt: Instant | null = null;

  committed(changes: readonly Change[], now: Instant): void {
    for (const change of changes) {
      const id = listedIn(change);
      const was = id === null ? false : this.#listed.has(id.incident);
      if (id === null || was === id.isListed) continue;
      this.#changedAt = now;
      if (id.isListed) this.#listed.add(id.incident);
      else this.#listed.delete(id.incident);
    }
  }

  /** 2, with the engine undisturbed since then: what was listed before it is listed in one incident. */
  check(rows: Rows, undisturbedSince: Instant): void {
    const listed = rows
      .all<{ incident: number }>(
        "SELECT incident FROM work WHERE state = 'listed' AND reason = 'over_budget' AND destination = 'jira' ORDER BY incident",
      )
      .map(({ incident }) => incident);
    if (this.#changedAt > undisturbedSince || byPerson(rows)) return;
    const incidents = rows.all<IncidentRow>(
      "SELECT * FROM incident WHERE policy = ? AND state IN ('open', 'acknowledged')",
      STORM_POLICY,
    );
    const expected = listed.length === 0 ? 0 : 1;
    hold(2, incidents.length === expected, () => `${listed.length} are listed, in ${incidents.length} incidents`);
    const [storm] = incidents;
    if (storm === undefined) return;
    this.#lastedAt = undisturbedSince;
    const [body] = rows.all<{ raw: string }>(
      "SELECT raw FROM body WHERE incident = ? ORDER BY ordinal DESC LIMIT 1",
      storm.id,
    );
    const says = body?.raw ?? "";
    const count = listed.length;
    hold(2, says.includes(`${count} are listed here`), () => `${count} are listed, and #${storm.id} says: ${says}`);
    const left = listed.find((id) => count <= NAMED_MOST && !says.includes(`#${id} `));
    hold(2, left === undefined, () => `#${left} is listed, and not in #${storm.id}`);
  }

  /** 3, at quiet: one incident for all storms of the time, over, and told at the destination. */
  checkQuiet(rows: Rows): void {
    const incidents = rows.all<IncidentRow>("SELECT * FROM incident WHERE policy = ?", STORM_POLICY);
    hold(3, incidents.length <= 1, () => `${incidents.length} incidents stand for what is beyond one budget`);
    const [storm] = incidents;
    hold(
      2,
      storm !== undefined || this.#lastedAt === null,
      () => `a storm lasted at ${this.#lastedAt}, and nobody was told`,
    );
    if (storm === undefined) return;
    hold(6, storm.state === "resolved", () => `nothing is listed any more, and #${storm.id} is ${storm.state}`);
    const known = rows.count(
      `SELECT (SELECT count(*) FROM receipt WHERE incident = ?1 AND destination = 'jira')
            + (SELECT count(*) FROM work WHERE incident = ?1 AND destination = 'jira') AS n`,
      storm.id,
    );
    hold(2, known > 0 || this.#lastedAt === null, () => `Jira was never told of the storm #${storm.id}`);
  }
}

/** Whether a change is about what Jira's budget leaves over. */
function listedIn(change: Change): { readonly incident: number; readonly isListed: boolean } | null {
  if (change.table === "work_done")
    return change.destination === "jira" ? { incident: change.incident, isListed: false } : null;
  if (change.table !== "work" || change.row.destination !== "jira") return null;
  const { incident, state, reason } = change.row;
  return { incident, isListed: state === "listed" && reason === "over_budget" };
}

/** Who resolves a storm by hand hears of it again when it grows. */
function byPerson(rows: Rows): boolean {
  return (
    rows.count(
      `SELECT count(*) AS n FROM audit WHERE what = 'resolve'
         AND about IN (SELECT '#' || id FROM incident WHERE policy = ?)`,
      STORM_POLICY,
    ) > 0
  );
}
