import type { AppConfig } from "./kind.ts";

/** Somebody in Slack, as Slack says it is. */
export interface SlackPerson {
  readonly id: string;
  /** What others see; changeable, and so only for show. */
  readonly name: string | null;
  /** Whether the person is of another workspace than the one that the request is from. */
  readonly isGuest: boolean;
}

/** Whether this person may act; `everyone` is everyone of the workspace who sees the message. */
export function mayAct({ people }: Pick<AppConfig, "people">, person: SlackPerson): boolean {
  if (people === undefined) return false;
  if (people === "everyone") return !person.isGuest;
  return Array.isArray(people) ? people.includes(person.id) : Object.hasOwn(people, person.id);
}

/** As the audit and the message name the person: by the config's own name for the id, or by the id. */
export function nameOfPerson({ people }: Pick<AppConfig, "people">, { id, name }: SlackPerson): string {
  const known = typeof people === "object" && !Array.isArray(people) ? named(people, id) : null;
  if (known !== null) return known;
  return name !== null && /^[\w.-]{1,80}$/.test(name) && name !== id ? `${name} (slack:${id})` : `slack:${id}`;
}

function named(people: object, id: string): string | null {
  const name: unknown = Object.hasOwn(people, id) ? Reflect.get(people, id) : null;
  return typeof name === "string" ? name : null;
}
