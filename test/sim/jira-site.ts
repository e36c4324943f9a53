import { FakeJira, usualEmail } from "../fakes/jira/jira.ts";
import type { JiraToken } from "../fakes/jira/access.ts";
import type { Vendor } from "../fakes/vendor.ts";
import { pick, type Chance } from "./chance.ts";
import { JIRA_LIMITS, withLag } from "./jira-calls.ts";

/** The Jiras that there are: Cloud by its own address, Cloud by the gateway for tokens with scopes, and Data Center. */
export const JIRA_KINDS = ["cloud", "gateway", "data_center"] as const;
export type JiraKind = (typeof JIRA_KINDS)[number];

/** Cloud is what most teams have, and what has the most ways to go wrong. */
const SHARES = ["cloud", "cloud", "gateway", "data_center"] as const satisfies readonly JiraKind[];

const ADDRESS = "https://jira.sim";
/** Some teams want no more new tickets than that; half an hour has some ten incidents. */
const BUDGET = { max: 2, per: "10m" };
const BUDGETS = 0.25;

/** A seed's Jira, as it stands there and as the team has configured it. */
export class JiraSite {
  readonly kind: JiraKind;
  readonly fake: FakeJira;
  readonly token: JiraToken;
  readonly hasBudget: boolean;

  constructor(token: string, chance: Chance) {
    this.kind = pick(chance, SHARES);
    this.hasBudget = chance() < BUDGETS;
    const isCloud = this.kind !== "data_center";
    this.token = { token, ...(isCloud && { email: usualEmail }), ...(this.kind === "gateway" && { scoped: true }) };
    this.fake = new FakeJira({
      deployment: isCloud ? "Cloud" : "Server",
      url: ADDRESS,
      tokens: [this.token],
      projects: [{ key: "SEC", lastNumber: 7 }, { key: "OPS" }],
    });
  }

  /** Where it is, who comes in, and how many tickets are wanted. */
  get config(): object {
    const { email } = this.token;
    return {
      url: ADDRESS,
      ...(email !== undefined && { email }),
      ...(this.kind === "gateway" && { gateway: ADDRESS }),
      ...(this.hasBudget && { budget: BUDGET }),
    };
  }

  /** Data Center's search is current, and it has one limit without a name. */
  hostWith(chance: Chance): { readonly vendor: Vendor; readonly limits: readonly (string | null)[] } {
    if (this.kind === "data_center") return { vendor: this.fake, limits: [null] };
    return { vendor: withLag(this.fake, chance), limits: JIRA_LIMITS };
  }
}
