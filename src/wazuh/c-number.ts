/** What C's `atoi` makes of a text on Wazuh's machines: the number it begins with, in 32 bits; 0 where there is none. */
export function atoi(text: string): number {
  const [, sign = "", digits = ""] = /^[ \t-\r]*([+-]?)0*(\d*)/.exec(text) ?? [];
  const size = digits.length > LONG_DIGITS ? 2n ** 64n : BigInt(digits === "" ? 0 : digits);
  const signed = sign === "-" ? -size : size;
  // It reads 64 bits and stops at their ends, and then keeps the lower half.
  const long = signed > LONG_MOST ? LONG_MOST : signed < -LONG_MOST - 1n ? -LONG_MOST - 1n : signed;
  return Number(BigInt.asIntN(32, long));
}

const LONG_MOST = 2n ** 63n - 1n;
const LONG_DIGITS = 19;
