import type { Snapshot } from "../../src/core/snapshot.ts";
import { hold } from "./checks.ts";
import type { Rows } from "./rows.ts";

/**
 * 10: a thing is under one response at a time, and of one incident; the first word of an incident that Wazuh is to
 * answer goes out when there is something to say beside that it opened, or when the wait for it is over.
 */
export function checkResponses(rows: Rows, snapshot: Snapshot): void {
  const [twice] = rows.all<{ program: string; target: string; n: number }>(
    `SELECT program, target, count(*) AS n FROM action WHERE state IN ('received', 'overdue')
     GROUP BY agent_id, program, target HAVING count(*) > 1`,
  );
  hold(10, twice === undefined, () => `${twice?.n} responses of ${twice?.program} to "${twice?.target}" are in force`);
  const astray = rows.count(
    "SELECT count(*) AS n FROM action WHERE incident IS NOT NULL AND incident NOT IN (SELECT id FROM incident)",
  );
  hold(10, astray === 0, () => `${astray} responses are of incidents that there are not`);

  for (const { name, expectAction } of Object.values(snapshot.policies)) {
    if (expectAction === undefined) continue;
    // Who has one told by himself does not wait for it.
    const firsts = rows.all<{ incident: number; destination: string; began: number; opened: number; next: number }>(
      `SELECT attempt.incident, attempt.destination, min(began_at) AS began,
         min(CASE WHEN n = 1 THEN at END) AS opened, coalesce(min(CASE WHEN n = 2 THEN at END), 9007199254740991) AS next
       FROM attempt JOIN incident ON incident.id = attempt.incident JOIN moment ON moment.incident = attempt.incident
       WHERE policy = ? AND step = 1 AND n <= 2
         AND NOT EXISTS (SELECT 1 FROM audit WHERE what = 'retry_work' AND about = '#' || attempt.incident || ' ' || attempt.destination)
       GROUP BY attempt.incident, attempt.destination`,
      name,
    );
    for (const { incident, destination, began, opened, next } of firsts) {
      const earlyMs = Math.min(opened + expectAction.waitMs, next) - began;
      hold(10, earlyMs <= 0, () => `${destination} was told of #${incident} ${earlyMs} ms before its wait was over`);
    }
  }
}

/** 10, while a life goes on: no first word waits longer for a response than its policy says. */
export function checkWaits(rows: Rows, snapshot: Snapshot, now: number): void {
  for (const { name, expectAction } of Object.values(snapshot.policies)) {
    if (expectAction === undefined) continue;
    // Jira may have asked that calls of one kind wait, tried or not.
    const [waiting] = rows.all<{ incident: number; destination: string; due: number }>(
      `SELECT incident, destination, work.due_at AS due FROM work JOIN incident ON incident.id = work.incident
       WHERE policy = ? AND work.state = 'ready' AND first_tried_at IS NULL AND destination <> 'jira'
         AND work.due_at > ?
         AND NOT EXISTS (SELECT 1 FROM receipt WHERE receipt.incident = work.incident AND receipt.destination = work.destination)`,
      name,
      now + expectAction.waitMs,
    );
    hold(
      10,
      waiting === undefined,
      () => `${waiting?.destination} waits until ${waiting?.due} for #${waiting?.incident}`,
    );
  }
}
