import { describe, expect, it } from "vitest";
import { osMatches, parseOsMatch } from "./os-match.ts";

describe("OSMatch", () => {
  const cases: readonly (readonly [string, string, string, boolean])[] = [
    ["a text is found anywhere", "auth", "/var/log/auth.log", true],
    ["a text that is not there is not found", "auth", "journald", false],
    ["case does not count in the pattern", "JOURNALD", "journald", true],
    ["case does not count in the location", "journald", "JournalD", true],
    ["an empty pattern matches everything", "", "journald", true],
    ["an empty pattern matches an empty location", "", "", true],
    ["^ is the start", "^/var", "/var/log", true],
    ["^ is nowhere else", "^/log", "/var/log", false],
    ["$ is the end", "log$", "/var/LOG", true],
    ["$ is nowhere else", "var$", "/var/log", false],
    ["^ and $ together are the whole", "^journald$", "Journald", true],
    ["^ and $ together take no more", "^journal$", "journald", false],
    ["^$ is an empty location only", "^$", "journald", false],
    ["^$ is an empty location", "^$", "", true],
    ["^ alone matches everything", "^", "journald", true],
    ["$ alone matches everything", "$", "journald", true],
    ["| is either", "auth|secure", "/var/log/secure", true],
    ["each alternative has ends of its own", "^secure|^/var", "/var/log/secure", true],
    ["an empty alternative matches everything", "nothing|", "journald", true],
    ["an empty alternative in the middle as well", "a||b", "journald", true],
    ["! is not", "!auth", "/var/log/auth.log", false],
    ["! lets the others pass", "!auth", "journald", true],
    ["! is for all alternatives together", "!auth|secure", "/var/log/secure", false],
    ["! before ^ is not at the start", "!^/var", "/var/log", false],
    ["! alone matches nothing", "!", "journald", false],
    ["! within an alternative is a character", "auth|!secure", "journald", false],
    ["! within an alternative is found as one", "auth|!secure", "x!SECURE", true],
    ["! behind ^ is a character", "^!x", "!x", true],
    ["a dot is a dot", "auth.log", "authxlog", false],
    ["a star is a star", "auth*", "/var/log/auth.log", false],
    ["a backslash escapes nothing", "a\\|b", "b", true],
    ["^ in the middle is a character", "a^b", "xa^bx", true],
    ["white space counts", " journald", "journald", false],
    ["a letter beyond ASCII has one case", "Ä", "ä", false],
    ["a Kelvin sign is no k", "k", "\u212a", false],
  ];
  it.each(cases)("%s (%j, %j)", (_promise, pattern, location, matches) => {
    expect(osMatches(parseOsMatch(pattern), location)).toBe(matches);
  });
});
