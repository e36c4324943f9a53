import { describe, expect, it } from "vitest";
import { type Element, readOssecXml, VALUE_BYTES_MOST } from "./ossec-xml.ts";

/** `a{b{}=text}`: elements with what is within, and their content behind `=`. */
function seen(text: string): string {
  const { roots, broken } = readOssecXml(Buffer.from(text).toString("latin1"));
  return broken === null ? roots.map(show).join(" ") : `${broken.offset}: ${broken.says}`;
}

function show({ name, content, elements }: Element): string {
  return `${name}{${elements.map(show).join(" ")}${content === "" ? "" : `=${content}`}}`;
}

describe("ossec.conf's own dialect", () => {
  const taken: readonly (readonly [string, string, string])[] = [
    ["several roots stand beside each other", "<a></a>\n<a/> <b />", "a{} a{} b{}"],
    ["text outside of all tags is passed over, a byte order mark too", "\ufeffhello <a/> bye", "a{}"],
    ["content keeps all its white space", "<a> \n x </a>", "a{= \n x }"],
    ["content is what stands behind the last element within", "<a>one<b/>two</a>", "a{b{}=two}"],
    ["a comment ends at -->", "<a>x<!-- <b> > - -- -->y</a>", "a{=xy}"],
    ["a comment ends at !> as well", "<a/><! old ! one !><b/>", "a{} b{}"],
    ["a comment can stand within a name", "<a<!-- x -->b></ab>", "ab{}"],
    ["a comment begins behind a backslash as well", "<a>\\<!-- x -->y</a>", "a{=\\y}"],
    ["a bracket behind a backslash is text, and the backslash stays", "<a>\\</a\\></a>", "a{=\\</a\\>}"],
    ["two backslashes are text, and the bracket is none", "<a>x\\\\</a>", "a{=x\\\\}"],
    ["entities are text like any other", "<a>&lt;b&gt; &amp; &#65;</a>", "a{=&lt;b&gt; &amp; &#65;}"],
    ["what looks like CDATA is a comment", "<a>x<![CDATA[<b>]]> -->y</a>", "a{=xy}"],
    ["entities that somebody declares are a comment", '<!DOCTYPE a [<!ENTITY b "c">]> --><a>&b;</a>', "a{=&b;}"],
    ["attributes are passed over", "<a b=\"1\"\n\tc='x/y' d= \"2\"/><e f='1'>x</e>", "a{} e{=x}"],
    ["names and contents are UTF-8", "<ä>ö</ä>", "ä{=ö}"],
    ["a NUL ends a content", "<a>x\0y</a>", "a{=x}"],
    ["an empty file has nothing in it", "", ""],
  ];
  it.each(taken)("%s", (_promise, text, what) => {
    expect(seen(text)).toBe(what);
  });

  const refused: readonly (readonly [string, string, string])[] = [
    ["a closing tag with a space in it", "<a>x</a >", "4: <a> is still open here, and a tag does not close it"],
    ["another closing tag", "<a><b></a></b>", "6: <b> is still open here, and </a> does not close it"],
    ["a closing tag where nothing is open", "<a/></a>", "4: a closing tag where nothing is open"],
    ["half a file", "<a>\n  <b>x</b>\n", "0: the file ends inside <a>, which begins here: is it only half written?"],
    ["half a tag", "<a><b", "3: the file ends inside a tag, which begins here: is it only half written?"],
    ["a comment without an end", "<a/><!-- x ->", "4: a comment that never ends. Close it with -->"],
    [
      "an XML declaration",
      '<?xml version="1.0"?><a/>',
      "0: Wazuh takes no XML declaration and no processing instruction. Take this tag away",
    ],
    [
      "an attribute without a value",
      "<a b></a>",
      '4: an attribute without a value. Write name="value", without spaces before the =',
    ],
    ["an attribute without quotes", "<a b=1></a>", "4: an attribute's value without quotes"],
    ["a bracket in an attribute", '<a b=">"/>', "4: an attribute's value that has no closing quote before the next >"],
    [
      "something behind an attribute",
      "<a b='1'c/>",
      "4: something behind an attribute's value that is neither a space nor >",
    ],
    ["an attribute twice", "<a b='1' b='2'/>", "10: the same attribute twice"],
    ["half an attribute", "<a b='1", "4: the file ends inside a tag: is it only half written?"],
  ];
  it.each(refused)("%s is refused, and the place named", (_what, text, says) => {
    const found = seen(text);

    expect(found).toBe(says);
  });

  it("a value of Wazuh's limit is taken, and one byte more is not", () => {
    expect(seen(`<a>${"x".repeat(VALUE_BYTES_MOST)}</a>`)).toContain("a{=x");
    expect(seen(`<a>${"x".repeat(VALUE_BYTES_MOST + 1)}</a>`)).toMatch(/^20483: a name or a value of more than 20479/);
  });

  it("tags inside each other are refused from the 1,025th on, without running out of stack", () => {
    expect(seen(`${"<a>".repeat(1_024)}${"</a>".repeat(1_024)}`)).toMatch(/^a\{a\{/);
    expect(seen("<a>".repeat(1_000_000))).toBe("3072: more than 1024 tags inside each other");
  });

  it("a million comments are read in one go", () => {
    expect(seen(`<a>${"<!!>".repeat(1_000_000)}x</a>`)).toBe("a{=x}");
  });
});
