import { scan, type RedactionKind, type Span } from "./redact-span.ts";

interface Shape {
  /** Where one may begin; a stretch of it that is none ends the search there, so that all of it takes linear time. */
  readonly pattern: RegExp;
  readonly kind: RedactionKind;
}

/** Each begins where no letter of its own kind stands before it: no text makes one of them look twice at a stretch. */
const SHAPES: readonly Shape[] = [
  { pattern: /(?<![\w-])eyJ[\w-]{6,}\.[\w-]{4,}(?:\.[\w-]*)?/g, kind: "a token" },
  { pattern: /(?<![\w-])x(?:ox[a-z]|app)-[\w-]{8,}/g, kind: "a token" },
  {
    pattern:
      /(?<![\w-])(?:gh[opusr]_|github_pat_|gl(?:pat|rt|dt|soat|cbt|ptt|ft)-|npm_|pypi-|dckr_pat_|shp(?:at|ca|pa|ss)_)[\w-]{16,}/g,
    kind: "a token",
  },
  {
    pattern: /(?<![\w-])(?:[sr]k_(?:live|test)_|whsec_|dop_v1_|sk-|hf_|ATATT|ATCTT|lin_api_|PMAK-)[\w-]{16,}=*/g,
    kind: "a token",
  },
  {
    pattern: /(?<![\w-])(?:AIza[\w-]{30,}|hvs\.[\w-]{16,}|SG\.[\w-]{10,}\.[\w-]{10,}|ya29\.[\w-]{16,})/g,
    kind: "a token",
  },
  { pattern: /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])/g, kind: "a token" },
  { pattern: /(?<![\w-])AGE-SECRET-KEY-1[\w]{20,}/g, kind: "a private key" },
  { pattern: /(?<![\w-])bearer[ \t]{1,4}(?=[\w.~+/-]{16,})[\w.~+/-]+=*/gi, kind: "a token" },
  { pattern: /(?<=hooks\.slack\.com\\?\/(?:services|workflows|triggers)\\?\/)[\w\\/-]+/g, kind: "a token" },
  { pattern: /(?<=\/api\\?\/webhooks\\?\/\d{1,24}\\?\/)[\w-]+/g, kind: "a token" },
  { pattern: /(?<![\w$./])\$(?:1|2[abxy]?|5|6|7|y|gy|argon2\w{1,2})\$[\w./$=,+-]{16,}/g, kind: "a password hash" },
  {
    pattern:
      /(?<=[?&](?:amp;)?(?:[a-z]{1,8}[-_]){0,3}(?:sig|signature|key|code|auth|jwt|sid|session|sessionid|ticket|credential|assertion|hmac|hash)=)[^&#\s"'<>\\]+/gi,
    kind: "a value with the name of a secret",
  },
];

/** Where one may begin, in a text of any form. */
export const SHAPE_HINT =
  "eyJ[\\w-]{6}|xox[a-z]-|xapp-|gh[opusr]_|github_pat_|gl[a-z]{2,4}-|npm_|pypi-|dckr_pat_|shp[a-z]{2}_|[sr]k_(?:live|test)_|whsec_|dop_v1_|(?:^|[^\\w-]|\\\\[nrtbf])(?:sk-|SG\\.|hf_)|ATATT|ATCTT|lin_api_|PMAK-|AIza|hvs\\.|ya29\\.|A(?:KI|SI|BI|CC)A[A-Z0-9]{16}|AGE-SECRET|bearer(?:\\s|\\\\t)|hooks\\.slack|webhooks|\\$(?:[1-7]|2[abxy]|y|gy|argon2\\w{1,2})\\$|(?:sig|signature|key|code|auth|jwt|sid|session|sessionid|ticket|credential|assertion|hmac|hash)=|PRIVATE KEY";

/** In small letters, one of these stands in or before whatever the hint matches. */
export const SHAPE_STEMS: readonly string[] = [
  ..."eyj xox xapp- gho_ ghp_ ghu_ ghs_ ghr_ github_pat_ glpat- glrt- gldt- glsoat- glcbt- glptt- glft- npm_ pypi-".split(
    " ",
  ),
  ..."dckr_pat_ shpat_ shpca_ shppa_ shpss_ k_live_ k_test_ whsec_ dop_v1_ sk- sg. hf_ atatt atctt lin_api_ pmak-".split(
    " ",
  ),
  ..."aiza hvs. ya29. akia asia abia acca age-secret bearer hooks.slack webhooks".split(" "),
  "private key",
  ..."$1$ $2$ $2a$ $2b$ $2x$ $2y$ $5$ $6$ $7$ $y$ $gy$ $argon2".split(" "),
  ..."sig= signature= key= code= auth= jwt= sid= session= sessionid= ticket= credential= assertion= hmac= hash=".split(
    " ",
  ),
];

/** Whether an address with a login begins here. */
export function isLoginAt(text: string, at: number): boolean {
  const login = /:\/\/[^/?#\s"'<>`\\]*@/y;
  login.lastIndex = at;
  return login.test(text);
}

/** Tokens that are known by how they look, logins in addresses, and private keys. */
export function* shapedSecrets(text: string): Generator<Span | null> {
  for (const { pattern, kind } of SHAPES) {
    yield* scan(text, pattern, (found, index) => {
      const scheme = /^bearer[ \t]+/i.exec(found)?.[0].length ?? 0;
      return { from: index + scheme, to: index + found.length, kind };
    });
  }
  yield* privateKeys(text);
  yield* logins(text);
}

function* privateKeys(text: string): Generator<Span | null> {
  let from = 0;
  for (;;) {
    const begin = text.indexOf("PRIVATE KEY", from);
    if (begin === -1) return;
    const head = /-{4,5} ?BEGIN [\w ]{0,40}$/.exec(text.slice(Math.max(0, begin - 60), begin));
    if (head === null) {
      from = begin + 1;
      yield null;
      continue;
    }
    const end = text.indexOf("-END", begin);
    const tail = end === -1 ? null : /^-END[\w ]{0,60}-{4,5}/.exec(text.slice(end, end + 80));
    // Cut off in the middle, it is a key all the same.
    const to = tail === null ? text.length : end + tail[0].length;
    yield { from: begin - head[0].length, to, kind: "a private key" };
    from = to;
  }
}

/** `scheme://user:password@host`: the password, or all of it where it stands alone and is long. */
function* logins(text: string): Generator<Span | null> {
  for (let at = text.indexOf("://"); at !== -1; at = text.indexOf("://", at + 3)) {
    const from = at + 3;
    const end = /[/?#\s"'<>`\\]|$/g;
    end.lastIndex = from;
    const authority = text.slice(from, end.exec(text)?.index ?? text.length);
    const sign = authority.lastIndexOf("@");
    const colon = authority.indexOf(":");
    if (sign <= 0) yield null;
    else if (colon !== -1 && colon < sign - 1)
      yield { from: from + colon + 1, to: from + sign, kind: "the login in an address" };
    else yield colon === -1 && sign >= 16 ? { from, to: from + sign, kind: "the login in an address" } : null;
  }
}
