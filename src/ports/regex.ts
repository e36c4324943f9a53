import { RE2JS } from "re2js";
import type { RegexEngine } from "../core/match.ts";

/** RE2's syntax and its linear time: no back references, no look-around. */
export const re2: RegexEngine = {
  compile(pattern) {
    const compiled = RE2JS.compile(pattern);
    return (text) => compiled.test(text);
  },
};
