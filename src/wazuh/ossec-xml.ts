// Wazuh reads ossec.conf with a reader of its own, which takes less than XML in most places and more in some: no
// declaration, no entities, no CDATA, several roots, `<! … !>` as a comment, `\<` as a plain "<", nothing trimmed.
// This one takes what that one takes, byte for byte, and says where it stops.
import { ATTRIBUTE_TROUBLES, readAttributes } from "./ossec-attributes.ts";

export interface Element {
  readonly name: string;
  /** What stands behind the last element within, with all its white space. */
  readonly content: string;
  readonly elements: readonly Element[];
  /** Of its `<`. */
  readonly offset: number;
  /** Behind the `>` that closes it. */
  readonly end: number;
}

export interface Broken {
  readonly offset: number;
  readonly says: string;
}

export interface OssecXml {
  /** What was closed before the break, where there is one. */
  readonly roots: readonly Element[];
  readonly broken: Broken | null;
}

/** Longer names, values and attributes are refused by Wazuh's reader; the last byte is for its closing zero. */
export const VALUE_BYTES_MOST = 20_479;
const DEPTH_MOST = 1_024;
const SPACE = /[ \t-\r]/;

interface Open {
  /** Null while the name is being read. */
  name: string | null;
  content: string | null;
  readonly elements: Element[];
  readonly offset: number;
  closingAt: number;
}

/** Reads bytes, one character each (`latin1`); names and contents come out as the UTF-8 that they are. */
export function readOssecXml(bytes: string): OssecXml {
  const reader = new Reader(bytes);
  const broken = reader.read();
  return { roots: reader.roots, broken };
}

class Reader {
  readonly roots: Element[] = [];
  readonly #bytes: string;
  readonly #open: Open[] = [];
  readonly #commentEnd = /-->|!>/g;
  /** What means nothing anywhere, and so is taken in one go. */
  readonly #plain = /[^<>\\ \t-\r]*/y;
  #run = "";
  /** A backslash stands before the character, and none before that. */
  #escaped = false;

  constructor(bytes: string) {
    this.#bytes = bytes;
  }

  read(): Broken | null {
    let at = 0;
    while (at < this.#bytes.length) {
      const next = this.#step(at);
      if (typeof next !== "number") return next;
      at = next;
    }
    const inside = this.#open.at(-1);
    if (inside === undefined) return null;
    const says = `the file ends inside ${shownTag(inside.name)}, which begins here: is it only half written?`;
    return { offset: inside.offset, says };
  }

  /** Takes what stands there and says where to go on. */
  #step(at: number): number | Broken {
    const c = this.#bytes.charAt(at);
    if (c === "\\") this.#escaped = !this.#escaped;
    else if (c !== "<") this.#escaped = false;
    if (this.#run.length > VALUE_BYTES_MOST) return tooLong(at);
    if (c === "<" && this.#bytes.charAt(at + 1) === "!") return this.#afterComment(at);

    const inside = this.#open.at(-1);
    if (inside === undefined) return this.#outside(at, c);
    if (inside.name === null) return c === ">" || SPACE.test(c) ? this.#endName(at, c, inside) : this.#take(at, c);
    if (inside.content !== null) return c === ">" ? this.#endElement(at, inside) : this.#take(at, c);
    if (c !== "<" || this.#escaped) return this.#take(at, c);
    if (this.#bytes.charAt(at + 1) !== "/") return this.#begin(at);
    inside.content = this.#run;
    inside.closingAt = at;
    this.#run = "";
    return at + 2;
  }

  #outside(at: number, c: string): number | Broken {
    if (c === "<" && this.#escaped) this.#escaped = false;
    else if (c === "<") {
      if (this.#bytes.charAt(at + 1) === "/") return { offset: at, says: "a closing tag where nothing is open" };
      return this.#begin(at);
    }
    return at + 1;
  }

  #take(at: number, c: string): number {
    if (c === "<") this.#escaped = false;
    this.#plain.lastIndex = at + 1;
    // A backslash speaks to the very next character.
    const plain = this.#escaped ? "" : (this.#plain.exec(this.#bytes)?.[0] ?? "");
    this.#run += c + plain;
    return at + 1 + plain.length;
  }

  #afterComment(at: number): number | Broken {
    this.#commentEnd.lastIndex = at + 2;
    if (this.#commentEnd.exec(this.#bytes) !== null) return this.#commentEnd.lastIndex;
    return { offset: at, says: "a comment that never ends. Close it with -->" };
  }

  #begin(at: number): number | Broken {
    if (this.#open.length >= DEPTH_MOST) return { offset: at, says: `more than ${DEPTH_MOST} tags inside each other` };
    this.#open.push({ name: null, content: null, elements: [], offset: at, closingAt: at });
    this.#run = "";
    this.#escaped = false;
    return at + 1;
  }

  #endName(at: number, c: string, element: Open): number | Broken {
    let closed = this.#run.endsWith("/");
    element.name = decoded(closed ? this.#run.slice(0, -1) : this.#run);
    this.#run = "";
    let next = at + 1;
    if (c !== ">") {
      const attributes = readAttributes(this.#bytes, next, VALUE_BYTES_MOST);
      if (attributes.kind === "broken") {
        if (element.name.startsWith("?")) return { offset: element.offset, says: DECLARATION };
        return { offset: attributes.offset, says: ATTRIBUTE_TROUBLES[attributes.why] };
      }
      closed ||= attributes.closed;
      next = attributes.next;
    }
    if (closed) this.#close(element, "", next);
    return next;
  }

  #endElement(at: number, element: Open): number | Broken {
    const closing = decoded(this.#run);
    if (closing !== element.name) {
      const says = `${shownTag(element.name)} is still open here, and ${shownTag(`/${closing}`)} does not close it`;
      return { offset: element.closingAt, says };
    }
    this.#close(element, decoded(element.content ?? ""), at + 1);
    return at + 1;
  }

  #close({ name, elements, offset }: Open, content: string, end: number): void {
    this.#open.pop();
    this.#run = "";
    (this.#open.at(-1)?.elements ?? this.roots).push({ name: name ?? "", content, elements, offset, end });
  }
}

const DECLARATION = "Wazuh takes no XML declaration and no processing instruction. Take this tag away";

function tooLong(offset: number): Broken {
  return { offset, says: `a name or a value of more than ${VALUE_BYTES_MOST} bytes ends here` };
}

/** Wazuh keeps texts as C does: a NUL ends them. */
function decoded(bytes: string): string {
  const zero = bytes.indexOf("\0");
  return Buffer.from(zero < 0 ? bytes : bytes.slice(0, zero), "latin1").toString("utf8");
}

/** Where a bracket is missing, a secret can come to stand in a tag's name. */
export function shownTag(name: string | null): string {
  return name !== null && /^\/?[\w.-]{1,40}$/.test(name) ? `<${name}>` : "a tag";
}
