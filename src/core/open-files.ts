/** What to say of an operating system's refusal to open one more; null where it refused for another reason. */
export function sayNoneLeft(code: unknown): string | null {
  if (code !== "EMFILE" && code !== "ENFILE") return null;
  return `no more files or connections may be opened (${code}); raise the limit of open files, LimitNOFILE= where systemd starts Riposte`;
}
