import type { VendorRequest } from "../vendor.ts";

export interface FilePart {
  readonly name: string;
  readonly filename: string;
  readonly mimeType: string;
  /** As UTF-8; the fakes carry text only. */
  readonly content: string;
}

/** The files of a `multipart/form-data` body, or null if it is none or breaks off before its end. */
export function readMultipart({ headers, body }: VendorRequest): readonly FilePart[] | null {
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)"?/i.exec(headers["content-type"] ?? "")?.[1];
  if (boundary === undefined) return null;
  const [, ...pieces] = `\r\n${body}`.split(`\r\n--${boundary}`);
  if (pieces.at(-1)?.startsWith("--") !== true) return null;
  return pieces.slice(0, -1).flatMap((piece) => {
    const at = piece.indexOf("\r\n\r\n");
    const head = piece.slice(0, at);
    const [, name] = /;\s*name="([^"]*)"/i.exec(head) ?? [];
    const [, filename] = /;\s*filename="([^"]*)"/i.exec(head) ?? [];
    if (at < 0 || name === undefined || filename === undefined) return [];
    const [, mimeType = "application/octet-stream"] = /^content-type:\s*(\S+)/im.exec(head) ?? [];
    return [{ name, filename, mimeType, content: piece.slice(at + 4) }];
  });
}
