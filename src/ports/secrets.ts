/** Where a secret's value is to be had. The value itself is in no config, row or snapshot. */
export type SecretRef = { readonly file: string } | { readonly env: string } | { readonly ossec: OssecSecret };

/** What stands in a tag of an `<integration>` block. No config says this: it comes of reading the file. */
export interface OssecSecret {
  readonly file: string;
  /** The block's `<name>`. */
  readonly block: string;
  /** Which of the blocks of that name that integratord would run, from 1. */
  readonly nth: number;
  /** Of all that mattered of the block when the file was read: by that it is known again where others came or went. */
  readonly digest: string;
  /** Of the other blocks of that name. */
  readonly others: readonly string[];
  readonly tag: "hook_url" | "api_key" | "options";
}

/** The place for people; the tag and the file, never what stands there. */
export function placeOfSecret(ref: SecretRef): string {
  if ("file" in ref) return `the file ${ref.file}`;
  if ("env" in ref) return `the environment variable ${ref.env}`;
  const { file, block, nth, tag } = ref.ossec;
  return `<${tag}> of ${nth === 1 ? "the" : `the ${nth}.`} block ${block} in ${file}`;
}

export type SecretValue =
  | { readonly kind: "value"; readonly value: string }
  /** `why` names the place, never the value. */
  | { readonly kind: "unreadable"; readonly why: string };

/** Looks secrets up when they are used, and follows them when they rotate. */
export interface Secrets {
  read(ref: SecretRef): Promise<SecretValue>;
}
