/** AWS's no: HTTP 400, unless said otherwise, with a type. */
export interface Refused {
  readonly type: string;
  readonly message: string;
  readonly status?: number;
}

export function refusal(type: string, message: string, status?: number): Refused {
  return { type, message, ...(status !== undefined && { status }) };
}
