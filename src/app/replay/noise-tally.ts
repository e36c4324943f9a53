import type { KeptAlert } from "../../core/alert.ts";
import type { Change } from "../../core/change.ts";
import { massedPolicy } from "../../core/mass-event.ts";
import type { Job } from "../../engine/job.ts";

/** What one rule is to blame for. */
export interface RuleNoise {
  readonly id: string;
  readonly level: number;
  readonly title: string;
  readonly alerts: number;
  readonly messages: number;
  /** The address that most of its alerts name, with their number; null: none, or no one address. */
  readonly address: { readonly ip: string; readonly alerts: number } | null;
}

interface Tally {
  readonly level: number;
  readonly title: string;
  alerts: number;
  messages: number;
  readonly addresses: Map<string, number>;
}

const RULES_MOST = 5_000;
/** Whoever makes up addresses fills no memory; one that is most of a rule's alerts is among the first of them. */
const ADDRESSES_MOST = 200;
const ADDRESS = /"srcip":"([0-9a-fA-F.:]{2,45})"/;

/** Which rules and policies the calls come from: a message is blamed on the rule that opened its incident. */
export class NoiseTally {
  readonly #rules = new Map<string, Tally>();
  readonly #policies = new Map<string, number>();
  readonly #incidents = new Map<number, { readonly rule: string; readonly policy: string }>();

  took(alerts: readonly KeptAlert[]): void {
    for (const { identity, level, title, raw } of alerts) {
      const known = this.#rules.get(identity.ruleId);
      const tally = known ?? { level, title, alerts: 0, messages: 0, addresses: new Map<string, number>() };
      if (known === undefined && this.#rules.size < RULES_MOST) this.#rules.set(identity.ruleId, tally);
      tally.alerts += 1;
      const [, ip] = ADDRESS.exec(raw) ?? [];
      if (ip === undefined) continue;
      const count = tally.addresses.get(ip);
      if (count !== undefined || tally.addresses.size < ADDRESSES_MOST) tally.addresses.set(ip, (count ?? 0) + 1);
    }
  }

  committed(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.table !== "incident") continue;
      const { id, ruleId, policy } = change.row;
      if (!this.#incidents.has(id)) this.#incidents.set(id, { rule: ruleId, policy: massedPolicy(policy) ?? policy });
    }
  }

  told({ incident, what }: Job): void {
    const of = this.#incidents.get(incident);
    if (of === undefined || what.kind !== "call") return;
    this.#policies.set(of.policy, (this.#policies.get(of.policy) ?? 0) + 1);
    const tally = this.#rules.get(of.rule);
    if (tally !== undefined) tally.messages += 1;
  }

  loudestPolicy(): string | null {
    const [loudest] = [...this.#policies].toSorted(([, a], [, b]) => b - a);
    return loudest?.[0] ?? null;
  }

  /** Most messages first, and then most alerts. */
  rules(): readonly RuleNoise[] {
    return [...this.#rules]
      .map(([id, { level, title, alerts, messages, addresses }]): RuleNoise => {
        const [most] = [...addresses].toSorted(([, a], [, b]) => b - a);
        const address = most === undefined || most[1] * 2 <= alerts ? null : { ip: most[0], alerts: most[1] };
        return { id, level, title, alerts, messages, address };
      })
      .toSorted((a, b) => b.messages - a.messages || b.alerts - a.alerts);
  }
}
