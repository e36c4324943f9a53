import { textOfField } from "../core/fields.ts";
import type { AlertFacts } from "../core/picture.ts";

export interface FamilyFact {
  readonly label: string;
  /** As the alert has it: escape it for where it is shown. */
  readonly value: string;
}

/** What matters of an alert depends on what it is of: each family is known by a field that only it has. */
const FAMILIES: readonly {
  readonly by: string;
  readonly facts: readonly (readonly [label: string, path: string])[];
}[] = [
  {
    by: "syscheck.path",
    facts: [
      ["File", "syscheck.path"],
      ["Change", "syscheck.event"],
      ["What changed", "syscheck.changed_attributes"],
      ["Changed by", "syscheck.audit.user.name"],
      ["SHA-256", "syscheck.sha256_after"],
    ],
  },
  {
    by: "data.vulnerability.cve",
    facts: [
      ["CVE", "data.vulnerability.cve"],
      ["Rated", "data.vulnerability.severity"],
      ["Package", "data.vulnerability.package.name"],
      ["Version", "data.vulnerability.package.version"],
      ["State", "data.vulnerability.status"],
    ],
  },
  {
    by: "data.virustotal.source.file",
    facts: [
      ["File", "data.virustotal.source.file"],
      ["Found by", "data.virustotal.positives"],
      ["Of engines", "data.virustotal.total"],
      ["SHA-1", "data.virustotal.sha1"],
    ],
  },
  {
    by: "data.win.system.eventID",
    facts: [
      ["Windows event", "data.win.system.eventID"],
      ["Account", "data.win.eventdata.targetUserName"],
      ["From", "data.win.eventdata.ipAddress"],
      ["Process", "data.win.eventdata.processName"],
      ["Command line", "data.win.eventdata.commandLine"],
    ],
  },
  {
    by: "data.sca.check.title",
    facts: [
      ["Check", "data.sca.check.title"],
      ["Result", "data.sca.check.result"],
      ["Baseline", "data.sca.policy"],
    ],
  },
  {
    by: "data.command",
    facts: [
      ["Command", "data.command"],
      ["Run as", "data.dstuser"],
      ["By", "data.srcuser"],
      ["Directory", "data.pwd"],
    ],
  },
  {
    by: "data.aws.source",
    facts: [
      ["AWS source", "data.aws.source"],
      ["Account", "data.aws.aws_account_id"],
      ["Region", "data.aws.awsRegion"],
      ["Event", "data.aws.eventName"],
      ["From", "data.aws.sourceIPAddress"],
    ],
  },
  {
    by: "data.url",
    facts: [
      ["URL", "data.url"],
      ["Method", "data.protocol"],
      ["Status", "data.id"],
    ],
  },
];

/** What a reader of this kind of alert asks first, beside what every alert has; nothing for kinds that have no more. */
export function familyFacts(alert: AlertFacts): readonly FamilyFact[] {
  const family = FAMILIES.find(({ by }) => (textOfField(alert, by) ?? "") !== "");
  return (family?.facts ?? []).flatMap(([label, path]) => {
    const value = textOfField(alert, path);
    return value === null || value === "" ? [] : [{ label, value }];
  });
}
