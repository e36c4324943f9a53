// Who is on the machines, and who attacks them: what is true, whatever anybody reads out of alerts.
import type { FakeUser } from "../../fakes/wazuh-api/fake-agent.ts";
import { between, pick, type Chance } from "../chance.ts";

export const PEOPLE = ["deploy", "bob", "carol", "dave", "erin", "mallory"];
/** Never to be touched: of the system, by a pattern, by a group, by an approver's name, by a uid. */
const UNTOUCHABLE: readonly FakeUser[] = [
  { name: "root", uid: 0, groups: "root" },
  { name: "daemon", uid: 1, groups: "daemon" },
  { name: "svc-db", uid: 1_500, groups: "users" },
  { name: "ops", uid: 1_501, groups: "users:sudo" },
  { name: "ana", uid: 1_502, groups: "users" },
  { name: "vip", uid: 1_777, groups: "users" },
];
export const USERS: readonly FakeUser[] = [
  ...PEOPLE.map((name, i) => ({ name, uid: 1_001 + i, groups: "users" })),
  ...UNTOUCHABLE,
];

export const OFFICE = "203.0.113.5";
/** All of a network of theirs: from one address many accounts would make it one of many people's. */
export function anAttacker(chance: Chance): string {
  return chance() < 0.2 ? `2600:1F18::${between(chance, 10, 99)}` : `198.51.100.${between(chance, 10, 250)}`;
}

export function isAttacker(address: string): boolean {
  return address.startsWith("198.51.100.") || address.startsWith("2600:1f18:");
}

export const MANAGER_ADDRESS = "8.8.4.4";
export const AGENT_ADDRESS = "9.9.9.9";
/** The address as agents and people write it, and whether anybody may be cut off by it. */
const ODD_ADDRESSES = [OFFICE, "10.0.0.8", "127.0.0.1", "::ffff:10.0.0.8", "evil.example", "203.0.113.200", "-"];

const ODD_NAMES = [
  "root",
  "ROOT",
  String.raw`CORP\root`,
  "daemon",
  "svc-db",
  "SVC-DB@corp.example",
  "ops",
  "vip",
  "ana",
  String.raw`CORP\Ana`,
  "a; rm -rf ~",
  "",
  "0",
  "nobody-there",
  "HOST$",
];

export function anyName(chance: Chance): string {
  return chance() < 0.35 ? pick(chance, ODD_NAMES) : pick(chance, PEOPLE);
}

export function anyAddress(chance: Chance): string {
  const dice = chance();
  if (dice < 0.15) return pick(chance, [MANAGER_ADDRESS, AGENT_ADDRESS]);
  if (dice < 0.35) return pick(chance, ODD_ADDRESSES);
  return anAttacker(chance);
}

/** From where each of them always works. */
export function homeOf(user: string): string {
  return `203.0.113.${100 + PEOPLE.indexOf(user)}`;
}

export function isUntouchable(user: string): boolean {
  return !PEOPLE.includes(user);
}

/** Which account a log means by a name. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/^.*\\/, "").replace(/@.*$/, "");
}
