import { SECOND_MS } from "../../../src/core/time.ts";
import { between, pick, type Chance } from "../chance.ts";
import type { SimTime } from "../sim-time.ts";
import type { DeskTruth } from "./desk-truth.ts";
import { anAttacker, anyAddress, anyName, homeOf, OFFICE, PEOPLE, plainName } from "./people-there.ts";
import { GUARDED_AGENTS, SAFE_AGENTS, type Site } from "./site.ts";

export interface DeskTrafficParts {
  readonly time: SimTime;
  readonly chance: Chance;
  readonly site: Site;
  readonly truth: DeskTruth;
  readonly isBusy: () => boolean;
}

/** Who logs in, who is attacked, and who gets in as somebody else; it tells the truth of it to whoever checks. */
export class DeskTraffic {
  readonly #parts: DeskTrafficParts;

  constructor(parts: DeskTrafficParts) {
    this.#parts = parts;
  }

  /** Everybody has been at work before. */
  begin(): void {
    const { chance, site } = this.#parts;
    for (const id of site.agents.keys())
      for (const user of PEOPLE) if (chance() < 0.5) site.login(id, user, homeOf(user));
  }

  happens(): void {
    const { chance, site } = this.#parts;
    const id = pick(chance, chance() < 0.15 ? SAFE_AGENTS : GUARDED_AGENTS);
    const dice = chance();
    if (dice < 0.3) return this.#attack(id, anyName(chance), anyAddress(chance));
    if (dice < 0.72) return this.#breakIn(id);
    const user = pick(chance, PEOPLE);
    site.login(id, user, chance() < 0.3 ? OFFICE : homeOf(user));
  }

  #attack(id: string, user: string, address: string): void {
    const { site, truth } = this.#parts;
    truth.attacked.add(`${id} ${plainName(user)}`);
    site.attack(id, user, address);
  }

  /** Failures, and soon somebody who should not be there is in. */
  #breakIn(id: string): void {
    const { time, chance, site, truth, isBusy } = this.#parts;
    const user = anyName(chance);
    const address = anAttacker(chance);
    this.#attack(id, user, address);
    if (user === "") return;
    time.after(between(chance, 1, 40) * SECOND_MS, () => {
      if (!isBusy()) return;
      truth.taken.add(`${id} ${plainName(user)}`);
      site.login(id, user, address);
    });
  }
}
