/** About one a second with short bursts, as Slack allows a channel: a bucket that fills by one a second. */
export function createPace(now: () => number): () => boolean {
  const burst = 3;
  let tokens = burst;
  let filledAt = now();
  return () => {
    tokens = Math.min(burst, tokens + (now() - filledAt) / 1000);
    filledAt = now();
    if (tokens < 1) return false;
    tokens--;
    return true;
  };
}
