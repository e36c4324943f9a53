/** What a block is of, so that whoever presses something in it need not say more: `rp:12:steps`. */
export function blockId(incident: number, part: BlockPart): string {
  return `rp:${incident}:${part}`;
}

export function readBlockId(text: string): { readonly incident: number; readonly part: string } | null {
  const [, incident, part] = /^rp:([1-9]\d{0,14}):([a-z0-9-]{1,40})$/.exec(text) ?? [];
  return incident === undefined || part === undefined ? null : { incident: Number(incident), part };
}

/** `step-3` is the third step of the playbook. */
export type BlockPart =
  | "title"
  | "call"
  | "story"
  | "facts"
  | "family"
  | "log"
  | "steps"
  | "links"
  | "state"
  | "actions"
  | `step-${number}`;
