// What a generated alert is made of.
import { between, pick } from "../src/sandbox/sample/random.ts";

export interface Draw {
  readonly random: () => number;
  readonly at: number;
  readonly host: string;
}

/** An alert without what the manager stamps on it: time, level, id, agent. */
export interface Shape {
  readonly ruleId: string;
  readonly description: string;
  readonly groups: readonly string[];
  readonly mitre?: object;
  readonly fullLog?: string;
  readonly previousOutput?: string;
  readonly syscheck?: object;
  readonly predecoder?: object;
  readonly decoder: object;
  readonly data?: object;
  readonly location: string;
}

export const USERS = ["alva", "bram", "chidi", "dorte", "emre", "freya", "deploy", "backup"];

export function address({ random }: Draw): string {
  return `${pick(random, ["10.20", "172.16", "192.168", "203.0"])}.${between(random, 0, 255)}.${between(random, 1, 254)}`;
}
