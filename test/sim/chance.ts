/** A stream of numbers in [0, 1) that a seed decides: the same seed, the same stream, on every machine. */
export type Chance = () => number;

/** `sfc32`, started from one number and the name of who draws, so that one drawer more moves nobody else's numbers. */
export function chanceOf(seed: number, drawer: string): Chance {
  let a = seed >>> 0;
  let b = 0x9e3779b9;
  let c = 0x243f6a88;
  for (const unit of drawer) b = Math.imul(b ^ unit.charCodeAt(0), 0x01000193) >>> 0;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let i = 0; i < 12; i += 1) next();
  return next;
}

export function between(chance: Chance, least: number, most: number): number {
  return least + Math.floor(chance() * (most - least + 1));
}

export function pick<const Items extends readonly unknown[]>(chance: Chance, items: Items): Items[number] {
  if (items.length === 0) throw new Error("there is nothing to pick from");
  return items[Math.floor(chance() * items.length)];
}
