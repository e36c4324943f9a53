import type { Secrets } from "../../src/ports/secrets.ts";

/** Secrets by the names of their environment variables; what stands there when it is read counts, as in real life. */
export function secretsOf(values: Readonly<Record<string, string>>): Secrets {
  return {
    async read(ref) {
      const name = "env" in ref ? ref.env : "file" in ref ? ref.file : "aws" in ref ? ref.aws : ref.ossec.file;
      const value = values[name];
      if (value === undefined) return { kind: "unreadable", why: `there is no ${name}` };
      return { kind: "value", value };
    },
  };
}
