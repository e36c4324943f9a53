// Files as people write and break them, and alerts that some of their blocks want.
import fc from "fast-check";

const NAMES = [
  "slack",
  "slack",
  "custom-jira",
  "custom-x",
  "pagerduty",
  "shuffle",
  "virustotal",
  "maltiverse",
  "teams",
];
const LEVELS = ["3", "10", "0", "", "012", "99"];
const GROUPS = ["syslog", "sshd,pam", "sshd, pam", "", ",", "pam,", "authentication_failed", "ä", "Syslog", ",,"];
const IDS = [
  "504",
  "504,120100",
  " 504 , 5712",
  "504x,5712",
  "x,504",
  "\n504",
  "0",
  "0,5712",
  "",
  "504;5712",
  ",,504",
  "05712",
];
const LOCATIONS = [
  "",
  "!",
  "journald",
  "JOURNALD",
  "^/var",
  "log$",
  "^journald$",
  "!^/var|journald",
  "a|b",
  "var|",
  "^",
  "$",
  "^$",
  "|",
  "!^$",
  "Ä",
  "a|!b",
  "^/var/log/auth.log$",
  "\\<x",
];
const POOLS: Readonly<Record<string, readonly string[]>> = {
  name: NAMES,
  hook_url: [
    "https://hooks.example/a",
    "webhook-url",
    "",
    "https://hooks.example/a b",
    "https://h.example/?a=1&amp;b=2",
  ],
  api_key: ["KEY", "", "K Y"],
  level: LEVELS,
  group: GROUPS,
  rule_id: IDS,
  event_location: LOCATIONS,
  alert_format: ["json", "json", "", "jsonish", " json", "text"],
  max_log: ["165", "1024", "500"],
  options: ['{"pretext": "Wazuh Alert"}', "", "{", "[1]"],
  timeout: ["10", ""],
  retries: ["3"],
};

const comment = fc.constantFrom("", "", "", "<!-- a > b -->", "<! old !>", "<!-- <level>1</level> -->", "<!---->");
const space = fc.constantFrom("", "", " ", "\n", "\n  ", "\t");

const tag = fc
  .constantFrom(...Object.keys(POOLS))
  .chain((name) => fc.tuple(fc.constant(name), fc.constantFrom(...(POOLS[name] ?? [])), comment, fc.nat({ max: 9 })))
  .map(([name, text, note, form]) => {
    if (text === "" && form < 3) return `<${name}${form === 0 ? " " : ""}/>`;
    if (form === 3) return `<${name} note="x">${text}</${name}>`;
    if (form === 4) return `<${name}>${text}${note}</${name}>`;
    return `<${name}>${text}</${name}>`;
  });

/** Each alone makes integratord end. */
const wrongTag = fc.constantFrom(
  "<level>ten</level>",
  "<level> 3</level>",
  "<max_log>164</max_log>",
  "<max_log></max_log>",
  "<retries>-1</retries>",
  "<hook>x</hook>",
  "<level>3",
  "</level>",
);

const block = fc
  .tuple(
    fc.constantFrom(...NAMES),
    fc.array(fc.tuple(tag, space, comment), { maxLength: 6 }),
    fc.oneof({ weight: 30, arbitrary: fc.constant("") }, { weight: 1, arbitrary: wrongTag }),
    fc.nat({ max: 30 }),
  )
  .map(([name, tags, wrong, nameless]) => {
    const inside = tags.map((parts) => parts.join(""));
    const named = nameless === 0 ? "" : `<name>${name}</name>\n<hook_url>https://hooks.example/x</hook_url>`;
    return `<integration>${named}${inside.join("")}${wrong}</integration>`;
  });

const other = fc.constantFrom(
  "<global><jsonout_output>yes</jsonout_output></global>",
  "<global>\n  <integration><name>slack</name></integration>\n</global>",
  "<labels/>",
  '<localfile><log_format>syslog</log_format><query>\\<Select Path="System"></query></localfile>',
);

const root = fc
  .tuple(
    fc.constantFrom("ossec_config", "ossec_config", "ossec_config", "ossec_config", "agent_config"),
    fc.array(fc.tuple(fc.oneof({ weight: 4, arbitrary: block }, { weight: 1, arbitrary: other }), space, comment), {
      maxLength: 4,
    }),
  )
  .map(([name, inside]) => `<${name}>\n${inside.map((parts) => parts.join("")).join("\n")}\n</${name}>\n`);

/** One in twelve is cut off somewhere, as a file that is being written is. */
export const anyOssecConf: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(fc.tuple(comment, root), { minLength: 1, maxLength: 3 }),
    fc.nat({ max: 11 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .map(([roots, half, part]) => {
    const whole = roots.map((parts) => parts.join("")).join("\n");
    return half === 0 ? whole.slice(0, Math.floor(whole.length * part)) : whole;
  });

export const anyAlert: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc.record(
  {
    rule: fc.record(
      {
        level: fc.constantFrom(2, 3, 9, 10, 12, 15),
        id: fc.constantFrom("504", "5712", "120100", "5402", "0504", "0"),
        groups: fc.array(
          fc.constantFrom("syslog", "sshd", "pam", " pam", "authentication_failed", "authentication_failures", "ä", ""),
          { maxLength: 3 },
        ),
      },
      { requiredKeys: [] },
    ),
    location: fc.constantFrom(
      "journald",
      "/var/log/auth.log",
      "x:/var/log",
      "Journald",
      "wazuh-monitord",
      "",
      "ä",
      "a!b",
      "x\\<x",
    ),
  },
  { requiredKeys: ["rule"] },
);
