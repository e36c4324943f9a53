// Reads one TypeScript file into what the house rules ask about it: its imports and a few telling expressions.
import { posix } from "node:path";
import { parseAst } from "vitest/node";

export interface Import {
  readonly from: string;
  /** The file in the repository that a relative import means; null for a package or a module of Node. */
  readonly target: string | null;
  /** Erased before the program runs. */
  readonly typeOnly: boolean;
  /** `import()`: not before it is asked for. */
  readonly isLater: boolean;
  /** The imported names; empty for a whole module. */
  readonly names: readonly string[];
  readonly line: number;
}

export interface SourceFile {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  /** It only passes on what other files export. */
  readonly isBarrel: boolean;
  /** `new Date()` or `Date()`: asks the machine's clock where `Date.now` would be caught by lint. */
  readonly asksDate: boolean;
  /** `new URL("./x.ts", import.meta.url)`: a name that is wrong once compiled. */
  readonly namesTypeScriptUrl: boolean;
}

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

export function readSource(path: string, text: string): SourceFile {
  const program = parseAst(text, { lang: "ts" }) as unknown as Node & { readonly body: readonly Node[] };
  const nodes = [...everyNode(program)];
  return {
    path,
    lines: text.split("\n").length - (text.endsWith("\n") ? 1 : 0),
    imports: nodes.flatMap((node) => importOf(path, text, node) ?? []),
    isBarrel: program.body.length > 0 && program.body.every(passesOn) && program.body.some(isExport),
    asksDate: nodes.some((node) => isCallOf(node, "Date") && argumentsOf(node).length === 0),
    namesTypeScriptUrl: nodes.some((node) => isCallOf(node, "URL") && isTypeScriptName(argumentsOf(node)[0])),
  };
}

function* everyNode(value: unknown): Generator<Node> {
  if (Array.isArray(value)) {
    for (const item of value) yield* everyNode(item);
  } else if (isNode(value)) {
    yield value;
    for (const child of Object.values(value)) if (typeof child === "object") yield* everyNode(child);
  }
}

function importOf(path: string, text: string, node: Node): Import | null {
  const from = isNode(node["source"]) ? node["source"]["value"] : undefined;
  if (typeof from !== "string") return null;
  const target = from.startsWith(".") ? posix.join(posix.dirname(path), from) : null;
  const specifiers = Array.isArray(node["specifiers"]) ? node["specifiers"].filter(isNode) : [];
  const names = specifiers.map((one) => nameOf(one["imported"] ?? one["local"], one.type));
  const line = text.slice(0, Number(node["start"])).split("\n").length;
  return {
    from,
    target,
    typeOnly: isTypeOnly(node, specifiers),
    isLater: node.type === "ImportExpression",
    names,
    line,
  };
}

function isTypeOnly(node: Node, specifiers: readonly Node[]): boolean {
  if (node.type === "TSImportType" || node["importKind"] === "type" || node["exportKind"] === "type") return true;
  const kinds = specifiers.map((one) => one["importKind"] ?? one["exportKind"]);
  return kinds.length > 0 && kinds.every((kind) => kind === "type");
}

function nameOf(named: unknown, specifier: string): string {
  if (specifier === "ImportDefaultSpecifier") return "default";
  if (specifier === "ImportNamespaceSpecifier" || !isNode(named)) return "*";
  return String(named["name"] ?? named["value"]);
}

function isExport(node: Node): boolean {
  if (node.type === "ExportAllDeclaration") return true;
  return node.type === "ExportNamedDeclaration" && Array.isArray(node["specifiers"]) && node["specifiers"].length > 0;
}

function passesOn(node: Node): boolean {
  if (node.type === "ImportDeclaration" || node.type === "ExportAllDeclaration") return true;
  return node.type === "ExportNamedDeclaration" && !isNode(node["declaration"]);
}

function isCallOf(node: Node, name: string): boolean {
  if (node.type !== "NewExpression" && node.type !== "CallExpression") return false;
  return isNode(node["callee"]) && node["callee"]["name"] === name;
}

function argumentsOf(node: Node): readonly unknown[] {
  return Array.isArray(node["arguments"]) ? node["arguments"] : [];
}

function isTypeScriptName(value: unknown): boolean {
  return isNode(value) && typeof value["value"] === "string" && value["value"].endsWith(".ts");
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
