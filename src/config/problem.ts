/** Where in the file something is: keys and list positions from the top. */
export type Path = readonly (string | number)[];

/** One mistake, before it is known on which line it stands. Never repeats a value that could be a secret. */
export interface Problem {
  readonly path: Path;
  /** Point at the key (it should not be there, or has nothing behind it) or at what stands behind it. */
  readonly at: "key" | "value";
  readonly says: string;
}

/** One mistake as people get to see it. */
export interface ConfigError {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** As people would say it: `policies.ssh-brute-force.tell[1]`; empty for the file as a whole. */
  readonly path: string;
  readonly says: string;
}

export function formatConfigError({ file, line, column, path, says }: ConfigError): string {
  return `${file}:${line}:${column} ${path === "" ? "" : `${path}: `}${says}`;
}

/** The path in words; a policy goes by its name rather than by its number. */
export function pathText(path: Path, root: unknown): string {
  const shown = path.map((step, i) => {
    if (typeof step === "string") return `${i === 0 ? "" : "."}${isPlainKey(step) ? step : "…"}`;
    const name = i === 1 && path[0] === "policies" ? nameOfPolicy(root, step) : null;
    return name === null ? `[${step}]` : `.${name}`;
  });
  return shown.join("");
}

function nameOfPolicy(root: unknown, index: number): string | null {
  const policies = isMap(root) ? root["policies"] : null;
  const policy: unknown = Array.isArray(policies) ? policies[index] : null;
  const name = isMap(policy) ? policy["name"] : null;
  return typeof name === "string" && /^[A-Za-z0-9-]{1,40}$/.test(name) ? name : null;
}

/** A key that can be shown: with a bracket too much, a secret can come to stand where a key belongs. */
export function isPlainKey(key: string): boolean {
  return /^(?:[\w.@-]{1,60}|<<)$/.test(key);
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
