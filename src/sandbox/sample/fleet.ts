// Who appears in the sample: hosts, people and attackers. Every address is from the ranges kept for documentation.

export interface Agent {
  readonly id: string;
  readonly name: string;
  readonly ip: string;
}

export const LINUX: readonly Agent[] = [
  { id: "001", name: "web-01", ip: "192.0.2.11" },
  { id: "002", name: "web-02", ip: "192.0.2.12" },
  { id: "003", name: "db-01", ip: "192.0.2.21" },
  { id: "004", name: "db-02", ip: "192.0.2.22" },
  { id: "005", name: "cache-01", ip: "192.0.2.31" },
  { id: "006", name: "build-01", ip: "192.0.2.41" },
  { id: "007", name: "eu-west-app-7", ip: "192.0.2.57" },
];
export const WINDOWS: readonly Agent[] = [
  { id: "008", name: "win-files-01", ip: "192.0.2.81" },
  { id: "009", name: "win-desk-14", ip: "192.0.2.94" },
];

export const MANAGER = "wazuh-manager-master-0";
export const CLUSTER = { name: "wazuh", node: MANAGER };

export const PEOPLE: readonly string[] = ["amara", "deploy", "jonas", "mei", "ops", "tomas"];
export const OFFICES: readonly string[] = ["192.0.2.201", "192.0.2.202", "192.0.2.219"];

export const ATTACKERS: readonly string[] = [
  "198.51.100.23",
  "198.51.100.77",
  "198.51.100.140",
  "203.0.113.9",
  "203.0.113.66",
  "203.0.113.201",
];
export const GUESSED_NAMES: readonly string[] = [
  "admin",
  "backup",
  "git",
  "guest",
  "minecraft",
  "oracle",
  "postgres",
  "pi",
  "solr",
  "test",
  "ubuntu",
  "www",
];

// A login name is whatever the attacker typed. These are the ones that hurt whoever prints them carelessly: a live
// mention, a disguised link, mark-up of three kinds, terminal escapes, a shell, text that runs backwards, a prototype.
export const HOSTILE_NAMES: readonly string[] = [
  "<!channel>",
  "*bold*_and_`code`",
  "<https://phish.example/login|reset-your-password>",
  "<img/src=x/onerror=alert(1)>",
  "\u001b[31mroot\u001b[0m",
  "$(reboot)",
  "\u202etoor",
  "&lt;!here&gt;",
  "```\u0007```",
  "__proto__",
];
