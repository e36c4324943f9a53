import type { Clock } from "../ports/clock.ts";

/** Waits for the work, and for no longer than this. Rejects as the work does. */
export async function within(work: Promise<unknown>, ms: number, clock: Clock): Promise<void> {
  let cancel = (): void => {};
  const tooLate = new Promise<void>((resolve) => {
    cancel = clock.after(ms, resolve);
  });
  await Promise.race([work, tooLate]);
  cancel();
}
