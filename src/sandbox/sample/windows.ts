// What Windows agents report: event channel records, without full_log and with every scalar a string.
import type { Happening } from "./alert-line.ts";
import type { Agent } from "./fleet.ts";
import { between, hex } from "./random.ts";
import { RULES } from "./rules.ts";

interface Logon {
  readonly at: number;
  readonly agent: Agent;
  readonly from: string;
  readonly user: string;
  readonly random: () => number;
}

export function windowsLogon(logon: Logon): Happening {
  return {
    rule: RULES.windowsLogon,
    agent: logon.agent,
    ...channelRecord({
      logon,
      eventId: "4624",
      severity: "AUDIT_SUCCESS",
      message: "An account was successfully logged on.",
      eventdata: { targetUserName: logon.user, targetDomainName: "EXAMPLE", logonType: "3", ipAddress: logon.from },
    }),
  };
}

export function windowsLogonFailed(logon: Logon & { forced?: boolean }): Happening {
  return {
    rule: logon.forced === true ? RULES.windowsLogonForced : RULES.windowsLogonFailed,
    agent: logon.agent,
    ...channelRecord({
      logon,
      eventId: "4625",
      severity: "AUDIT_FAILURE",
      message: `An account failed to log on.\r\n\r\nSubject:\r\n\tSecurity ID:\t\tS-1-0-0\r\n\r\nAccount For Which Logon Failed:\r\n\tAccount Name:\t\t${logon.user}`,
      eventdata: {
        subjectUserSid: "S-1-0-0",
        subjectLogonId: "0x0",
        targetUserSid: "S-1-0-0",
        targetUserName: logon.user,
        status: "0xc000006d",
        failureReason: "%%2313",
        subStatus: "0xc0000064",
        logonType: "3",
        logonProcessName: "NtLmSsp",
        authenticationPackageName: "NTLM",
        keyLength: "0",
        processId: "0x0",
        ipAddress: logon.from,
        ipPort: String(between(logon.random, 49_152, 65_535)),
      },
    }),
  };
}

export function programDropped(drop: Omit<Logon, "from">): Happening {
  // Wazuh doubles every backslash of a Windows path inside the value, before JSON escapes it once more.
  const file = `C:\\\\Users\\\\${drop.user}\\\\AppData\\\\Local\\\\Temp\\\\invoice-${hex(drop.random, 6)}.exe`;
  return {
    rule: RULES.programDropped,
    agent: drop.agent,
    ...channelRecord({
      logon: drop,
      eventId: "11",
      severity: "INFORMATION",
      channel: "Microsoft-Windows-Sysmon/Operational",
      message: `File created:\r\nRuleName: EXE\r\nTargetFilename: ${file.replaceAll("\\\\", "\\")}`,
      eventdata: {
        ruleName: "EXE",
        processId: String(between(drop.random, 1_000, 9_999)),
        image: "C:\\\\Program Files\\\\Mail\\\\mail.exe",
        targetFilename: file,
        user: `EXAMPLE\\\\${drop.user}`,
      },
    }),
  };
}

interface ChannelRecord {
  readonly logon: Omit<Logon, "from">;
  readonly eventId: string;
  readonly severity: string;
  readonly channel?: string;
  readonly message: string;
  readonly eventdata: object;
}

function channelRecord(record: ChannelRecord): Pick<Happening, "decoder" | "data" | "location"> {
  const { logon, channel = "Security" } = record;
  const provider = channel === "Security" ? "Microsoft-Windows-Security-Auditing" : "Microsoft-Windows-Sysmon";
  const system = {
    providerName: provider,
    providerGuid: "{54849625-5478-4994-a5ba-3e3b0328c30d}",
    eventID: record.eventId,
    version: "0",
    level: "0",
    task: "12544",
    opcode: "0",
    keywords: record.severity === "AUDIT_FAILURE" ? "0x8010000000000000" : "0x8020000000000000",
    systemTime: new Date(logon.at).toISOString().replace("Z", "0000Z"),
    eventRecordID: String(between(logon.random, 100_000, 999_999)),
    processID: "812",
    threadID: String(between(logon.random, 1_000, 9_999)),
    channel,
    computer: `${logon.agent.name}.example.test`,
    severityValue: record.severity,
    message: `"${record.message}"`,
  };
  return {
    decoder: { name: "windows_eventchannel" },
    data: { win: { system, eventdata: record.eventdata } },
    location: "EventChannel",
  };
}
