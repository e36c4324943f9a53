import { ACCOUNTING } from "./accounting.ts";
import { ANSWERING } from "./answering.ts";
import { AUDITING } from "./auditing.ts";
import { CALLING } from "./calling.ts";
import { CHATTING } from "./chatting.ts";
import { ENRICHING } from "./enriching.ts";
import { FORWARDING } from "./forwarding.ts";
import { HOOKING } from "./hooking.ts";
import { HUSHING } from "./hushing.ts";
import { INCIDENTS } from "./incidents.ts";
import { INDEXING } from "./indexing.ts";
import { JIRA } from "./jira.ts";
import type { Mutant } from "./mutant.ts";
import { ORDERING } from "./ordering.ts";
import { REMINDING } from "./reminding.ts";
import { RESPONDING } from "./responding.ts";
import { RETAINING } from "./retaining.ts";
import { STORING } from "./storing.ts";
import { TAILING } from "./tailing.ts";
import { TELLING } from "./telling.ts";
import { WATCHING } from "./watching.ts";
import { WINDOWS } from "./windows.ts";

export type { Mutant } from "./mutant.ts";

export const MUTANTS: readonly Mutant[] = [
  ...ACCOUNTING,
  ...INCIDENTS,
  ...WATCHING,
  ...ENRICHING,
  ...RESPONDING,
  ...ANSWERING,
  ...AUDITING,
  ...ORDERING,
  ...TELLING,
  ...REMINDING,
  ...HUSHING,
  ...CALLING,
  ...JIRA,
  ...CHATTING,
  ...HOOKING,
  ...TAILING,
  ...INDEXING,
  ...FORWARDING,
  ...RETAINING,
  ...STORING,
  ...WINDOWS,
];
