/** A proxy, as it is spoken to. */
export interface ProxyAddress {
  readonly protocol: "http:" | "https:";
  /** Without the brackets of an IPv6 address. */
  readonly hostname: string;
  readonly port: number;
  /** `proxy.example:3128`, for people. */
  readonly shown: string;
  /** `name:password`; null: none is needed. */
  readonly login: string | null;
}

/** Reads a proxy's address, or says what is wrong with it without repeating any of it. */
export function readProxyAddress(text: string): ProxyAddress | string {
  const url = URL.parse(text.trim());
  if (url === null) return "not a URL. Example: http://proxy.example:3128";
  const { protocol, hostname, username, password } = url;
  if (protocol !== "http:" && protocol !== "https:")
    return "neither http:// nor https://; other kinds of proxy are not supported. Example: http://proxy.example:3128";
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "")
    return "a proxy's address ends with its port. Example: http://proxy.example:3128";
  const port = url.port === "" ? (protocol === "https:" ? 443 : 80) : Number(url.port);
  const plain = { protocol, hostname: hostname.replaceAll(/[[\]]/g, ""), port, shown: `${hostname}:${port}` } as const;
  if (username === "" && password === "") return { ...plain, login: null };
  const login = loginOf(username, password);
  if (login === null)
    return "a user name or password with signs that an address can't hold. Write them percent-encoded, % itself as %25";
  return { ...plain, login };
}

function loginOf(username: string, password: string): string | null {
  try {
    return `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  } catch {
    return null;
  }
}
