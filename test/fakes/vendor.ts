/** What every fake vendor is: an HTTP service without the network, so that a socket or a simulator can stand in front of it. */
export interface Vendor {
  /** Synchronous, and without a clock or randomness of its own: the same calls at the same instants give the same answers. */
  handle(request: VendorRequest, nowMs: number): VendorAnswer;
}

export interface VendorRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface VendorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function textAnswer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): VendorAnswer {
  return { status, headers: { "content-type": "text/plain; charset=utf-8", ...headers }, body };
}

export function jsonAnswer(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): VendorAnswer {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(value),
  };
}

export function pathWithoutQuery(path: string): string {
  return path.split("?", 1)[0] ?? "";
}
