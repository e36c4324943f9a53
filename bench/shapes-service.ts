// The five shapes that come from services and from Wazuh's own modules rather than from a host's logins.
import { between, hex, pick } from "../src/sandbox/sample/random.ts";
import { address, USERS, type Draw, type Shape } from "./shape.ts";

export function vulnerability({ random, at }: Draw): Shape {
  const cve = `CVE-2026-${between(random, 1000, 49_999)}`;
  const name = pick(random, ["libexample2", "example-tls", "examplezip", "python3-example"]);
  const seenAt = new Date(at).toISOString();
  return {
    ruleId: "23505",
    description: `${cve} affects ${name}`,
    groups: ["vulnerability-detector"],
    decoder: { name: "json" },
    data: {
      vulnerability: {
        assigner: "example",
        cve,
        cvss: {
          cvss3: { base_score: "7.5", vector: { attack_vector: "NETWORK", availability: "HIGH", scope: "UNCHANGED" } },
        },
        enumeration: "CVE",
        package: { name, version: `${between(random, 1, 9)}.${between(random, 0, 30)}-1`, architecture: "amd64" },
        published: seenAt,
        rationale: `A length in ${name} is not checked before it is used, so that ${"a longer value runs over ".repeat(9)}the end.`,
        reference: Array.from({ length: 5 }, () => `https://advisories.example/${hex(random, 24)}`).join(", "),
        severity: "High",
        status: "Active",
        title: `${cve} affects ${name}`,
        type: "Packages",
        updated: seenAt,
      },
    },
    location: "vulnerability-detector",
  };
}

export function webRequest(from: Draw): Shape {
  const { random } = from;
  const srcip = address(from);
  // What is escaped inside a string is no rule of the alert, however much its bytes look like one.
  const body = `{"rule":{"level":${between(random, 10, 15)},"token":"${hex(random, 200)}"}}`;
  const url = `/search?q=${hex(random, between(random, 20, 600))}`;
  return {
    ruleId: "31101",
    description: "Web server: a request got an error of the 400 kind.",
    groups: ["web", "accesslog", "attack"],
    fullLog: `${srcip} - - [${new Date(from.at).toISOString()}] "POST ${url} HTTP/1.1" 404 ${between(random, 90, 900)} "-" "${body}"`,
    decoder: { name: "web-accesslog" },
    data: { protocol: "POST", srcip, id: "404", url, body },
    location: "/var/log/nginx/access.log",
  };
}

/** Its document repeats `rule` and `level` as keys, further down than the alert's own. */
export function auditTrail(from: Draw): Shape {
  const { random, at } = from;
  return {
    ruleId: "80202",
    description: "Cloud audit trail: a rule was changed.",
    groups: ["amazon", "aws", "aws_cloudtrail"],
    decoder: { name: "json" },
    data: {
      integration: "aws",
      aws: {
        log_info: { log_file: `AWSLogs/000000000000/CloudTrail/${hex(random, 60)}.json.gz`, s3bucket: "example-trail" },
        eventVersion: "1.08",
        userIdentity: {
          type: "IAMUser",
          principalId: hex(random, 21),
          userName: pick(random, USERS),
          sessionContext: { attributes: { mfaAuthenticated: "false", creationDate: new Date(at).toISOString() } },
        },
        eventName: "PutRule",
        awsRegion: "eu-central-1",
        sourceIPAddress: address(from),
        userAgent: `example-sdk/2.${between(random, 0, 40)} exec-env/lambda cfg/retry-mode#standard ${hex(random, 120)}`,
        requestParameters: { name: hex(random, 16), rule: { level: between(random, 3, 15), id: hex(random, 36) } },
        responseElements: { ruleArn: `arn:aws:events:eu-central-1:000000000000:rule/${hex(random, 32)}` },
        requestID: hex(random, 36),
        eventID: hex(random, 36),
        source: "cloudtrail",
      },
    },
    location: "Wazuh-AWS",
  };
}

export function baselineCheck({ random }: Draw): Shape {
  const id = between(random, 28_000, 28_600);
  return {
    ruleId: "19007",
    description: `Baseline: setting ${id} is not as it should be`,
    groups: ["sca"],
    decoder: { name: "sca" },
    data: {
      sca: {
        type: "check",
        scan_id: String(between(random, 1e8, 9e8)),
        policy: "Example baseline for Linux",
        check: {
          id: String(id),
          title: `Setting ${id} keeps its safe value`,
          description: "A server that leaves this at its default accepts more than it needs to. ".repeat(6),
          rationale: "Each service that listens without need is one more way in. ".repeat(5),
          remediation: `Write the line 'setting_${id} = no' into /etc/example.conf and restart the service.`,
          compliance: { cis: "2.2.1", cis_csc_v8: "4.8", pci_dss: "1.1.6,1.2.1,2.2.2,2.2.5", soc_2: "CC6.3,CC6.6" },
          rules: [`f:/etc/example.conf -> n:^setting_${id} = (\\w+) compare == no`],
          result: "failed",
        },
      },
    },
    location: "sca",
  };
}

export function listeningPorts({ random }: Draw): Shape {
  const ports = Array.from(
    { length: between(random, 6, 30) },
    () => `tcp 0.0.0.0:${between(random, 20, 60_000)} 0.0.0.0:* ${between(random, 1, 9_999)}/service`,
  );
  const fullLog = `ossec: output: 'netstat listening ports':\n${ports.join("\n")}`;
  return {
    ruleId: "533",
    description: "The list of listening ports has changed.",
    groups: ["ossec"],
    previousOutput: `Previous output:\n${ports.slice(1).join("\n")}`,
    fullLog,
    decoder: { name: "ossec" },
    location: "netstat listening ports",
  };
}
