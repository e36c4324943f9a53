// The ordinary day: what most of a real alerts.json is, and what nobody wants to be told.
import type { Happening } from "./alert-line.ts";
import { ATTACKERS, GUESSED_NAMES, LINUX, OFFICES, PEOPLE, WINDOWS } from "./fleet.ts";
import { pamSessionOpened, sshAccepted, sshUnknownUser, sudoToRoot } from "./linux.ts";
import { pick } from "./random.ts";
import { windowsLogon } from "./windows.ts";

const COMMANDS: readonly string[] = [
  "/usr/bin/systemctl restart nginx",
  "/usr/bin/journalctl -u postgresql",
  "/usr/bin/apt-get update",
  "/usr/bin/less /var/log/syslog",
];

export function ordinaryEvent(at: number, random: () => number): Happening {
  const agent = pick(random, LINUX);
  const user = pick(random, PEOPLE);
  const from = pick(random, OFFICES);
  const kind = random();
  if (kind < 0.45) return sshAccepted({ at, agent, from, user, random });
  if (kind < 0.65) return sudoToRoot(at, agent, user, pick(random, COMMANDS));
  if (kind < 0.8) return pamSessionOpened(at, agent, user);
  if (kind < 0.9) return windowsLogon({ at, agent: pick(random, WINDOWS), from, user, random });
  return sshUnknownUser({ at, agent, from: pick(random, ATTACKERS), user: pick(random, GUESSED_NAMES), random });
}
