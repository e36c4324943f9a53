/** The points at which the order of things matters. */
export const CRASH_POINTS = ["before_commit", "after_commit", "before_step", "after_step"] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

/** Kills this process as nothing else can be killed, the nth time that the point is reached. */
export function dieAt(point: CrashPoint): () => void {
  if (process.env["CRASH_POINT"] !== point) return () => {};
  let left = Number(process.env["CRASH_AFTER"]);
  return () => {
    left -= 1;
    if (left === 0) process.kill(process.pid, "SIGKILL");
  };
}
