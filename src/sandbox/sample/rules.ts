// The Wazuh 4.x rules that the sample tells stories with: ids, levels and groups as the stock rule set has them.

/** Compliance arrays stand on the rule itself, in this shape, after `groups`. */
type Compliance = Readonly<Record<string, readonly string[]>>;

export interface Rule {
  readonly id: string;
  readonly level: number;
  readonly description: string;
  readonly mitre?: {
    readonly id: readonly string[];
    readonly tactic: readonly string[];
    readonly technique: readonly string[];
  };
  /** Only rules that count events carry it. */
  readonly frequency?: number;
  readonly groups: readonly string[];
  readonly compliance?: Compliance;
}

const LOGIN_FAILED: Compliance = {
  gdpr: ["IV_35.7.d", "IV_32.2"],
  gpg13: ["7.1"],
  hipaa: ["164.312.b"],
  nist_800_53: ["AU.14", "AC.7", "AU.6"],
  pci_dss: ["10.2.4", "10.2.5", "10.6.1"],
  tsc: ["CC6.1", "CC6.8", "CC7.2", "CC7.3"],
};
const LOGIN_WORKED: Compliance = {
  gdpr: ["IV_32.2"],
  gpg13: ["7.1", "7.2"],
  hipaa: ["164.312.b"],
  nist_800_53: ["AU.14", "AC.7"],
  pci_dss: ["10.2.5"],
  tsc: ["CC6.8", "CC7.2", "CC7.3"],
};
const BRUTE_FORCE: Compliance = {
  gdpr: ["IV_35.7.d", "IV_32.2"],
  hipaa: ["164.312.b"],
  nist_800_53: ["SI.4", "AU.14", "AC.7"],
  pci_dss: ["11.4", "10.2.4", "10.2.5"],
  tsc: ["CC6.1", "CC6.8", "CC7.2", "CC7.3"],
};
const AGENT_STATE: Compliance = {
  pci_dss: ["10.6.1", "10.2.6"],
  gpg13: ["10.1"],
  gdpr: ["IV_35.7.d"],
  hipaa: ["164.312.b"],
  nist_800_53: ["AU.6", "AU.14", "AU.5"],
  tsc: ["CC7.2", "CC7.3", "CC6.8"],
};
const GUESSING = { id: ["T1110.001"], tactic: ["Credential Access"], technique: ["Password Guessing"] };
const GUESSING_BY_SSH = {
  id: ["T1110.001", "T1021.004"],
  tactic: ["Credential Access", "Lateral Movement"],
  technique: ["Password Guessing", "SSH"],
};
const FORCING = { id: ["T1110"], tactic: ["Credential Access"], technique: ["Brute Force"] };
const VALID_ACCOUNT = {
  id: ["T1078"],
  tactic: ["Defense Evasion", "Persistence", "Privilege Escalation", "Initial Access"],
  technique: ["Valid Accounts"],
};

export const RULES = {
  agentStarted: {
    id: "503",
    level: 3,
    description: "Wazuh agent started.",
    groups: ["ossec"],
    compliance: AGENT_STATE,
  },
  agentDisconnected: {
    id: "504",
    level: 3,
    description: "Wazuh agent disconnected.",
    mitre: { id: ["T1562.001"], tactic: ["Defense Evasion"], technique: ["Disable or Modify Tools"] },
    groups: ["ossec"],
    compliance: AGENT_STATE,
  },
  fileChanged: {
    id: "550",
    level: 7,
    description: "Integrity checksum changed.",
    mitre: { id: ["T1565.001"], tactic: ["Impact"], technique: ["Stored Data Manipulation"] },
    groups: ["ossec", "syscheck", "syscheck_entry_modified", "syscheck_file"],
    compliance: {
      pci_dss: ["11.5"],
      gpg13: ["4.11"],
      gdpr: ["II_5.1.f"],
      hipaa: ["164.312.c.1", "164.312.c.2"],
      nist_800_53: ["SI.7"],
      tsc: ["PI1.4", "PI1.5", "CC6.1", "CC6.8", "CC7.2", "CC7.3"],
    },
  },
  sudoToRoot: {
    id: "5402",
    level: 3,
    description: "Successful sudo to ROOT executed.",
    mitre: {
      id: ["T1548.003"],
      tactic: ["Privilege Escalation", "Defense Evasion"],
      technique: ["Sudo and Sudo Caching"],
    },
    groups: ["syslog", "sudo"],
    compliance: {
      pci_dss: ["10.2.5", "10.2.2"],
      gpg13: ["7.6", "7.8", "7.13"],
      gdpr: ["IV_32.2"],
      hipaa: ["164.312.b"],
      nist_800_53: ["AU.14", "AC.7", "AC.6"],
      tsc: ["CC6.8", "CC7.2", "CC7.3"],
    },
  },
  pamSessionOpened: {
    id: "5501",
    level: 3,
    description: "PAM: Login session opened.",
    mitre: VALID_ACCOUNT,
    groups: ["pam", "syslog", "authentication_success"],
    compliance: LOGIN_WORKED,
  },
  pamLoginFailed: {
    id: "5503",
    level: 5,
    description: "PAM: User login failed.",
    mitre: GUESSING,
    groups: ["pam", "syslog", "authentication_failed"],
    compliance: LOGIN_FAILED,
  },
  sshdUnknownUser: {
    id: "5710",
    level: 5,
    description: "sshd: Attempt to login using a non-existent user",
    mitre: GUESSING_BY_SSH,
    groups: ["syslog", "sshd", "authentication_failed", "invalid_login"],
    compliance: LOGIN_FAILED,
  },
  sshdUnknownUserForced: {
    id: "5712",
    level: 10,
    description: "sshd: brute force trying to get access to the system. Non existent user.",
    mitre: FORCING,
    frequency: 8,
    groups: ["syslog", "sshd", "authentication_failures"],
    compliance: BRUTE_FORCE,
  },
  sshdAccepted: {
    id: "5715",
    level: 3,
    description: "sshd: authentication success.",
    mitre: {
      id: ["T1078", "T1021"],
      tactic: ["Defense Evasion", "Persistence", "Privilege Escalation", "Initial Access", "Lateral Movement"],
      technique: ["Valid Accounts", "Remote Services"],
    },
    groups: ["syslog", "sshd", "authentication_success"],
    compliance: LOGIN_WORKED,
  },
  sshdWrongPassword: {
    id: "5760",
    level: 5,
    description: "sshd: authentication failed.",
    mitre: GUESSING_BY_SSH,
    groups: ["syslog", "sshd", "authentication_failed"],
    compliance: LOGIN_FAILED,
  },
  sshdPasswordForced: {
    id: "5763",
    level: 10,
    description: "sshd: brute force trying to get access to the system. Authentication failed.",
    mitre: FORCING,
    frequency: 8,
    groups: ["syslog", "sshd", "authentication_failures"],
    compliance: BRUTE_FORCE,
  },
  successAfterFailures: {
    id: "40112",
    level: 12,
    description: "Multiple authentication failures followed by a success.",
    mitre: {
      id: ["T1078", "T1110"],
      tactic: ["Defense Evasion", "Persistence", "Privilege Escalation", "Initial Access", "Credential Access"],
      technique: ["Valid Accounts", "Brute Force"],
    },
    groups: ["syslog", "attacks"],
    compliance: { ...BRUTE_FORCE, gpg13: ["7.1", "7.8"] },
  },
  windowsLogon: {
    id: "60106",
    level: 3,
    description: "Windows Logon Success",
    mitre: VALID_ACCOUNT,
    groups: ["windows", "windows_security", "authentication_success"],
    compliance: LOGIN_WORKED,
  },
  windowsLogonFailed: {
    id: "60122",
    level: 5,
    description: "Logon Failure - Unknown user or bad password",
    mitre: { id: ["T1531"], tactic: ["Impact"], technique: ["Account Access Removal"] },
    groups: ["windows", "windows_security", "authentication_failed"],
    compliance: LOGIN_FAILED,
  },
  windowsLogonForced: {
    id: "60204",
    level: 10,
    description: "Multiple Windows Logon Failures",
    mitre: FORCING,
    frequency: 8,
    groups: ["windows", "windows_security", "authentication_failures"],
    compliance: BRUTE_FORCE,
  },
  programDropped: {
    id: "92213",
    level: 15,
    description: "Executable file dropped in folder commonly used by malware",
    mitre: { id: ["T1105"], tactic: ["Command and Control"], technique: ["Ingress Tool Transfer"] },
    groups: ["sysmon", "sysmon_eid11_detections", "windows"],
  },
  /** Not stock: the rule that Wazuh's own guide has people add for locking an account; 120100 is the id in use. */
  pamForced: {
    id: "120100",
    level: 10,
    description: "Possible password guess: 3 failed logins in a short period of time",
    mitre: FORCING,
    frequency: 3,
    groups: ["pam", "syslog"],
  },
} as const satisfies Record<string, Rule>;
