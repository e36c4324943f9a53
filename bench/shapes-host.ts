// What hosts report of logins, commands and files.
import { between, hex, pick } from "../src/sandbox/sample/random.ts";
import { address, USERS, type Draw, type Shape } from "./shape.ts";

export function sshLogin(from: Draw): Shape {
  const { random, host } = from;
  const [user, srcip, srcport] = [pick(random, USERS), address(from), String(between(random, 32_768, 60_999))];
  const line = (port: number): string =>
    `${syslogHead(from, "sshd", between(random, 900, 60_000))} Failed password for ${user} from ${srcip} port ${port} ssh2`;
  const isBurst = random() < 0.6;
  return {
    ruleId: isBurst ? "5763" : "5760",
    description: isBurst ? "sshd: many wrong passwords from one address." : "sshd: wrong password.",
    groups: ["syslog", "sshd", "authentication_failed"],
    mitre: { id: ["T1110.001", "T1021.004"], tactic: ["Credential Access"], technique: ["Password Guessing", "SSH"] },
    ...(isBurst && {
      previousOutput: Array.from({ length: between(random, 4, 14) }, (_, n) => line(Number(srcport) - n)).join("\n"),
    }),
    fullLog: line(Number(srcport)),
    predecoder: { program_name: "sshd", timestamp: syslogHead(from, "sshd", 1).slice(0, 15), hostname: host },
    decoder: { parent: "sshd", name: "sshd" },
    data: { srcip, srcport, dstuser: user },
    location: "/var/log/auth.log",
  };
}

export function pamSession(from: Draw): Shape {
  const user = pick(from.random, USERS);
  return {
    ruleId: "5501",
    description: "PAM: a login session began.",
    groups: ["pam", "syslog", "authentication_success"],
    mitre: { id: ["T1078"], tactic: ["Initial Access", "Persistence"], technique: ["Valid Accounts"] },
    fullLog:
      `${syslogHead(from, "systemd-logind", 731)} ` +
      `pam_unix(login:session): session opened for user ${user}(uid=${between(from.random, 1000, 1900)}) by (uid=0)`,
    predecoder: { program_name: "systemd-logind", hostname: from.host },
    decoder: { parent: "pam", name: "pam" },
    data: { srcuser: "root", dstuser: user, uid: "0" },
    location: "journald",
  };
}

export function sudoCommand(from: Draw): Shape {
  const user = pick(from.random, USERS);
  const command = `/usr/bin/install -m 0644 /srv/releases/${hex(from.random, 40)}/unit.service /etc/systemd/system/`;
  return {
    ruleId: "5402",
    description: "sudo: a command ran as root.",
    groups: ["syslog", "sudo"],
    mitre: { id: ["T1548.003"], tactic: ["Privilege Escalation"], technique: ["Sudo and Sudo Caching"] },
    fullLog: `${syslogHead(from, "sudo", 4_077)} ${user} : TTY=pts/0 ; PWD=/srv ; USER=root ; COMMAND=${command}`,
    predecoder: { program_name: "sudo", hostname: from.host },
    decoder: { parent: "sudo", name: "sudo", ftscomment: "First time user executed the sudo command" },
    data: { srcuser: user, dstuser: "root", tty: "pts/0", pwd: "/srv", command },
    location: "/var/log/auth.log",
  };
}

export function windowsLogon(from: Draw): Shape {
  const { random, host, at } = from;
  const user = pick(random, USERS);
  const sid = `S-1-5-21-${between(random, 1e9, 2e9)}-${between(random, 1e9, 2e9)}-${between(random, 1000, 9999)}`;
  const eventdata = {
    subjectUserSid: "S-1-5-18",
    subjectUserName: `${host.toUpperCase()}$`,
    subjectDomainName: "EXAMPLE",
    subjectLogonId: "0x3e7",
    targetUserSid: sid,
    targetUserName: user,
    targetDomainName: "EXAMPLE",
    targetLogonId: `0x${hex(random, 7)}`,
    logonType: pick(random, ["2", "3", "5", "10"]),
    logonProcessName: "Advapi",
    authenticationPackageName: "Negotiate",
    logonGuid: `{${hex(random, 8)}-${hex(random, 4)}-${hex(random, 4)}-${hex(random, 12)}}`,
    processName: "C:\\\\Windows\\\\System32\\\\services.exe",
    ipAddress: address(from),
  };
  const message = Object.entries(eventdata).map(([name, value]) => `\t${name}:\t\t${value}\r\n`);
  return {
    ruleId: "60106",
    description: "Windows: a logon succeeded.",
    groups: ["windows", "windows_security", "authentication_success"],
    mitre: { id: ["T1078"], tactic: ["Defense Evasion"], technique: ["Valid Accounts"] },
    decoder: { name: "windows_eventchannel" },
    data: {
      win: {
        system: {
          providerName: "Microsoft-Windows-Security-Auditing",
          eventID: "4624",
          channel: "Security",
          computer: `${host}.example`,
          systemTime: new Date(at).toISOString(),
          eventRecordID: String(between(random, 1e5, 9e6)),
          severityValue: "AUDIT_SUCCESS",
          message: `"Anmeldung erfolgreich: ein Konto für ${user} wurde geöffnet.\r\n\r\n${message.slice(0, between(random, 4, 14)).join("")}"`,
        },
        eventdata,
      },
    },
    location: "EventChannel",
  };
}

export function fileChange({ random }: Draw): Shape {
  const path = `/etc/${pick(random, ["ssh", "cron.d", "nginx/conf.d", "pam.d"])}/${hex(random, 8)}.conf`;
  const sums = Object.fromEntries(
    ["before", "after"].flatMap((when) => [
      [`md5_${when}`, hex(random, 32)],
      [`sha1_${when}`, hex(random, 40)],
      [`sha256_${when}`, hex(random, 64)],
    ]),
  );
  return {
    ruleId: "550",
    description: "A watched file has another checksum.",
    groups: ["ossec", "syscheck", "syscheck_entry_modified", "syscheck_file"],
    mitre: { id: ["T1565.001"], tactic: ["Impact"], technique: ["Stored Data Manipulation"] },
    fullLog:
      `File '${path}' modified\nMode: realtime\nChanged attributes: size,md5,sha1,sha256\n` +
      Object.entries(sums)
        .map(([name, sum]) => `${name}: '${sum}'\n`)
        .join(""),
    syscheck: { path, mode: "realtime", uname_after: "root", ...sums, changed_attributes: ["size"], event: "modified" },
    decoder: { name: "syscheck_integrity_changed" },
    location: "syscheck",
  };
}

function syslogHead({ at, host }: Draw, program: string, pid: number): string {
  const [, month, day, clock] = /-(\d\d)-(\d\d)T([\d:]{8})/.exec(new Date(at).toISOString()) ?? [];
  const name = "JanFebMarAprMayJunJulAugSepOctNovDec".slice(Number(month) * 3 - 3, Number(month) * 3);
  return `${name} ${String(Number(day)).padStart(2)} ${clock} ${host} ${program}[${pid}]:`;
}
