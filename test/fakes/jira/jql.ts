import { refusal } from "./call.ts";

/** The part of JQL that this fake speaks: clauses joined by AND, and an order. */
export interface Jql {
  readonly clauses: readonly Clause[];
  readonly order: readonly { readonly field: "key" | "created"; readonly descending: boolean }[];
}

export interface Clause {
  readonly field: "project" | "labels" | "created" | "key";
  readonly operator: Operator;
  readonly values: readonly string[];
}

export type Operator = "=" | "!=" | ">" | ">=" | "<" | "<=" | "in" | "not in";

type Token = { readonly kind: "word" | "text" | "sign"; readonly text: string };

export function parseJql(jql: string): Jql {
  const tokens = tokensOf(jql);
  let at = 0;
  const clauses: Clause[] = [];
  while (at < tokens.length && !isWord(tokens[at], "order")) {
    if (clauses.length > 0) expectWord("and");
    clauses.push(clause());
  }
  return { clauses, order: at < tokens.length ? order() : [] };

  function clause(): Clause {
    const field = fieldNamed(next("word").text);
    const operator = operatorNext();
    if (operator !== "in" && operator !== "not in") return { field, operator, values: [value()] };
    expectSign("(");
    const values = [value()];
    while (tokens[at]?.text === ",") {
      at += 1;
      values.push(value());
    }
    expectSign(")");
    return { field, operator, values };
  }

  function order(): Jql["order"] {
    expectWord("order");
    expectWord("by");
    const sorts: { field: "key" | "created"; descending: boolean }[] = [];
    do {
      if (sorts.length > 0) at += 1;
      const field = fieldNamed(next("word").text);
      if (field !== "key" && field !== "created") throw wrong(`Field '${field}' can't be sorted by here.`);
      const descending = isWord(tokens[at], "desc");
      if (descending || isWord(tokens[at], "asc")) at += 1;
      sorts.push({ field, descending });
    } while (tokens[at]?.text === ",");
    if (at < tokens.length) throw unexpected(tokens[at]);
    return sorts;
  }

  function operatorNext(): Operator {
    if (isWord(tokens[at], "in")) {
      at += 1;
      return "in";
    }
    if (isWord(tokens[at], "not")) {
      at += 1;
      expectWord("in");
      return "not in";
    }
    const { text } = next("sign");
    if (text === "=" || text === "!=" || text === ">" || text === ">=" || text === "<" || text === "<=") return text;
    throw unexpected({ kind: "sign", text });
  }

  function value(): string {
    const token = tokens[at];
    if (token === undefined || token.kind === "sign") throw unexpected(token);
    at += 1;
    return token.text;
  }

  function next(kind: Token["kind"]): Token {
    const token = tokens[at];
    if (token?.kind !== kind) throw unexpected(token);
    at += 1;
    return token;
  }

  function expectWord(word: string): void {
    if (!isWord(tokens[at], word)) throw unexpected(tokens[at]);
    at += 1;
  }

  function expectSign(sign: string): void {
    if (tokens[at]?.text !== sign) throw unexpected(tokens[at]);
    at += 1;
  }
}

function fieldNamed(name: string): Clause["field"] {
  const lower = name.toLowerCase();
  if (lower === "project" || lower === "labels" || lower === "created") return lower;
  if (lower === "key" || lower === "issuekey" || lower === "id" || lower === "issue") return "key";
  throw wrong(`Field '${name}' does not exist or you do not have permission to view it.`);
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === "word" && token.text.toLowerCase() === word;
}

function tokensOf(jql: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = /\s+|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(>=|<=|!=|[=<>(),])|([^\s"'=<>!(),]+)/gy;
  while (pattern.lastIndex < jql.length) {
    const match = pattern.exec(jql);
    if (match === null) throw wrong("Error in the JQL Query: there is a character that is reserved or unfinished.");
    const [, double, single, sign, word] = match;
    const quoted = double ?? single;
    if (quoted !== undefined) tokens.push({ kind: "text", text: quoted.replaceAll(/\\(.)/g, "$1") });
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign });
    else if (word !== undefined) tokens.push({ kind: "word", text: unquoted(word) });
  }
  return tokens;
}

// Reserved in JQL: such a value has to stand in quotation marks.
function unquoted(word: string): string {
  const reserved = /[+.;?|*/%^$#@[\]{}&~\\]/.exec(word)?.[0];
  if (reserved === undefined) return word;
  throw wrong(
    `Error in the JQL Query: The character '${reserved}' is a reserved JQL character. You must enclose it in a string.`,
  );
}

function unexpected(token: Token | undefined): Error {
  return wrong(
    token === undefined
      ? "Error in the JQL Query: Expecting a field name, an operator or a value at the end of the query."
      : `Error in the JQL Query: '${token.text}' was not expected there.`,
  );
}

function wrong(message: string): Error {
  return refusal(400, [message]);
}
