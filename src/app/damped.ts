import { MINUTE_MS } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";

/** The same words again and again are passed on once a minute. */
export function damped(clock: Clock, say: (message: string) => void): (message: string) => void {
  let last = { message: "", at: 0 };
  return (message) => {
    const at = clock.now();
    if (message === last.message && Math.abs(at - last.at) < MINUTE_MS) return;
    last = { message, at };
    say(message);
  };
}
