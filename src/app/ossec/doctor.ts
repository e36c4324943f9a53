// Who sends what: nobody should be told twice, by integratord and by Riposte, or by neither.
import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Finding } from "../../core/check-up.ts";
import { connectors } from "../../connectors/index.ts";
import type { Config, DestinationConfig } from "../../config/schema.ts";
import { formatConfigError } from "../../config/problem.ts";
import { systemClock } from "../../ports/clock.ts";
import type { Secrets } from "../../ports/secrets.ts";
import { openSecrets } from "../../secrets/read.ts";
import { runningBlocks } from "../../wazuh/block-secret.ts";
import type { IntegrationBlock } from "../../wazuh/integration-block.ts";
import type { DoctorReport } from "../jira-doctor.ts";
import type { ReadConfig } from "../read-config.ts";
import { type BlockState, type OssecBlock, readBlocks } from "./blocks.ts";
import { type FileReading, type OssecReading, readOssecFiles } from "./read-files.ts";
import { responseFindings } from "./response-findings.ts";
import { restartCommand } from "./restart-command.ts";

/** Null: no ossec.conf is named, neither in the config nor else. */
export async function doctorOf(
  { config, ossec }: Extract<ReadConfig, { kind: "loaded" }>,
  configPath: string,
  named: string | null,
): Promise<readonly DoctorReport[] | null> {
  const secrets = openSecrets(systemClock, process.env);
  const hasSpool = config.sources.some(({ from }) => from === "spool");
  const elsewhere = named === null ? null : { path: named, takenOver: null, hasSpool };
  const reading = ossec?.reading ?? (elsewhere === null ? null : readOssecFiles(elsewhere, configPath, null));
  return reading === null ? null : examineWazuh({ config, reading, secrets });
}

interface WazuhDoctorOptions {
  /** With or without the blocks among its destinations. */
  readonly config: Config;
  readonly reading: OssecReading;
  readonly secrets: Secrets;
}

/** Looks at both files, at each block, and at who else posts to the same address. Calls nobody. */
async function examineWazuh(options: WazuhDoctorOptions): Promise<readonly DoctorReport[]> {
  const { reading } = options;
  const { blocks } = readBlocks(reading, connectors);
  const addresses = await addressesOf(options);
  const standing = runningBlocks(reading.conf.conf?.blocks ?? []);
  const named = new Map(
    blocks.flatMap(({ block, twin, name }) => [[block, name] as const, [twin ?? block, name] as const]),
  );
  return [
    {
      destination: "ossec.conf",
      findings: [fileFinding(reading.conf, "integratord's"), startFinding(reading.conf, blocks)].flat(),
    },
    { destination: "taken over", findings: [fileFinding(reading.takenOver, "Riposte's alone")] },
    { destination: "active-response", findings: responseFindings(reading.conf.path) },
    ...blocks.map((of) => ({ destination: of.name, findings: [senderFinding(of, reading)] })),
    ...standing.map(({ block, name }) => ({
      destination: named.get(block) ?? name,
      findings: addressFindings(block, reading, blocks, addresses),
    })),
  ].filter(({ findings }) => findings.length > 0);
}

function fileFinding({ path, conf, problems, found }: FileReading, whose: string): Finding {
  const check = "file";
  if (found === "missing") return { check, ok: true, says: `${path} is not there: nothing was taken over yet` };
  const [first] = problems;
  if (first !== undefined) return { check, ok: false, says: formatConfigError(first) };
  const blocks = runningBlocks(conf?.blocks ?? []).length;
  return { check, ok: true, says: `${path}, ${whose}: ${blocks} ${blocks === 1 ? "block" : "blocks"}` };
}

/** integratord reads its file when it starts. Where its pid file can't be seen nothing is known, and nothing said. */
function startFinding({ path }: FileReading, blocks: readonly OssecBlock[]): readonly Finding[] {
  const check = "integratord";
  try {
    const folder = join(dirname(dirname(path)), "var", "run");
    const pid = readdirSync(folder).find((name) => /^wazuh-integratord-\d+\.pid$/.test(name));
    if (pid === undefined) {
      const left = blocks.filter(({ destination }) => destination.shadow === true).map(({ name }) => name);
      if (left.length === 0) return [{ check, ok: true, says: "does not run, and has nothing to send" }];
      const says = `does not run, so nobody sends ${left.join(", ")}. Start it (${restartCommand(path)}), or take the blocks over`;
      return [{ check, ok: false, says }];
    }
    if (statSync(join(folder, pid)).mtimeMs >= statSync(path).mtimeMs)
      return [{ check, ok: true, says: "was started after the file was changed last" }];
    const says = `was started before ${path} was changed, and still sends what stood there then. Restart the manager: ${restartCommand(path)}`;
    return [{ check, ok: false, says }];
  } catch {
    return [];
  }
}

const SENDERS: Readonly<Record<BlockState, string>> = {
  live: "Riposte alone",
  shadow: "integratord alone. Riposte shows what it would send, until riposte takeover moves the block",
  handed_over: "Riposte: integratord's custom-jira hands the alert over",
  twice: "",
};

function senderFinding({ state, file, line, twin }: OssecBlock, { conf }: OssecReading): Finding {
  const check = "sender";
  if (state !== "twice") return { check, ok: true, says: SENDERS[state] };
  const says = `stands in ${conf.path}:${twin?.place.line ?? 1} and in ${file}:${line}, so integratord sends it and Riposte does not, though it was taken over. Take it out of ${conf.path} (riposte takeover), then ${restartCommand(conf.path)}`;
  return { check, ok: false, says };
}

interface Address {
  readonly destination: string;
  /** Null: it can't be read now. */
  readonly url: string | null;
}

function addressFindings(
  block: IntegrationBlock,
  { conf }: OssecReading,
  blocks: readonly OssecBlock[],
  addresses: readonly Address[],
): readonly Finding[] {
  const own = blocks.find((of) => of.block === block || of.twin === block);
  const url = normal(block.hookUrl?.value.reveal() ?? "");
  // What Riposte sends for it goes there as well, and is meant to.
  if (url === null || own?.state === "handed_over" || own?.state === "twice") return [];
  const live = blocks.filter((of) => of.state === "live" && normal(of.block.hookUrl?.value.reveal() ?? "") === url);
  const others = [
    ...addresses.filter((address) => address.url === url).map(({ destination }) => destination),
    ...live.map(({ name }) => name),
  ];
  return others.map((name): Finding => {
    const says = `integratord posts to the address of ${name} (${conf.path}:${block.place.line}), so what both take is told twice. Take the block out of ${conf.path}, or ${name} out of Riposte's config`;
    return { check: "address", ok: false, says };
  });
}

/** Where the config's own destinations post. */
async function addressesOf({ config, secrets }: WazuhDoctorOptions): Promise<readonly Address[]> {
  const own = config.destinations.filter(({ name }) => !name.startsWith("ossec-"));
  return Promise.all(own.map(async (of) => ({ destination: of.name, url: await addressOf(of, secrets) })));
}

async function addressOf({ config }: DestinationConfig, secrets: Secrets): Promise<string | null> {
  const { webhook, url, secret, hook_url: hookUrl } = config as Readonly<Record<string, unknown>>;
  const place = webhook ?? url ?? secret ?? hookUrl;
  if (typeof place === "string") return normal(place);
  if (typeof place !== "object" || place === null) return null;
  const read = await secrets.read(place as Parameters<Secrets["read"]>[0]);
  if (read.kind !== "value") return null;
  return normal(read.value) ?? normal(jiraUrlIn(read.value));
}

function jiraUrlIn(secret: string): string {
  try {
    const value: unknown = JSON.parse(secret);
    const url = typeof value === "object" && value !== null ? (value as Record<string, unknown>)["JIRA_URL"] : null;
    return typeof url === "string" ? url : "";
  } catch {
    return "";
  }
}

function normal(text: string): string | null {
  const url = URL.parse(text.trim());
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : null;
}
