// Who sends what: nobody should be told twice, by integratord and by Riposte, or by neither.
import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Finding } from "../../core/check-up.ts";
import { connectors } from "../../connectors/index.ts";
import type { Config } from "../../config/schema.ts";
import { formatConfigError } from "../../config/problem.ts";
import { readSecretNow } from "../../secrets/read-now.ts";
import { runningBlocks } from "../../wazuh/block-secret.ts";
import type { IntegrationBlock } from "../../wazuh/integration-block.ts";
import type { DoctorReport } from "../jira-doctor.ts";
import type { ReadConfig } from "../read-config.ts";
import { addressOfBlock, type Poster, postersOf } from "./addresses.ts";
import { type BlockState, type OssecBlock, readBlocks, whyNotSent } from "./blocks.ts";
import { type FileReading, type OssecReading, readOssecFiles } from "./read-files.ts";
import { responseFindings } from "./response-findings.ts";
import { restartCommand } from "./restart-command.ts";

/** Null: no ossec.conf is named, neither in the config nor else. */
export function doctorOf(
  { config, ossec }: Extract<ReadConfig, { kind: "loaded" }>,
  configPath: string,
  named: string | null,
): readonly DoctorReport[] | null {
  const hasSpool = config.sources.some(({ from }) => from === "spool");
  const elsewhere = named === null ? null : { path: named, takenOver: null, hasSpool };
  const reading = ossec?.reading ?? (elsewhere === null ? null : readOssecFiles(elsewhere, configPath, null, null));
  return reading === null ? null : examineWazuh(config, reading);
}

/**
 * Looks at both files, at each block, and at who else posts to the same address. Calls nobody. The config is one with
 * or without the blocks among its destinations.
 */
function examineWazuh(config: Config, reading: OssecReading): readonly DoctorReport[] {
  const posters = postersOf(config, (ref) => readSecretNow(ref, process.env));
  const { blocks, unsent } = readBlocks(reading, connectors, () => posters);
  const standing = runningBlocks(reading.conf.conf?.blocks ?? []);
  const named = new Map(
    blocks.flatMap(({ block, twin, name }) => [[block, name] as const, [twin ?? block, name] as const]),
  );
  return [
    {
      destination: "ossec.conf",
      findings: [fileFinding(reading.conf, "integratord's"), startFinding(reading.conf, blocks)].flat(),
    },
    {
      destination: "taken over",
      findings: [
        fileFinding(reading.takenOver, "Riposte's alone"),
        ...unsent.map(({ error }): Finding => ({ check: "sender", ok: false, says: formatConfigError(error) })),
      ],
    },
    { destination: "active-response", findings: responseFindings(reading.conf.path, config.policies) },
    ...blocks.map((of) => ({
      destination: of.name,
      findings: [senderFinding(of, reading), ...sharedFindings(of, blocks, posters)],
    })),
    ...standing.map(({ block, name }) => ({
      destination: named.get(block) ?? name,
      findings: addressFindings(block, reading, blocks, posters),
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
  yields: "",
  twice: "",
};

function senderFinding(block: OssecBlock, { conf }: OssecReading): Finding {
  const check = "sender";
  const { state, file, line, twin } = block;
  // Nothing is told twice; whether anything is told to nobody only a person knows.
  if (state === "yields")
    return { check, ok: true, doubtful: true, says: `${file}:${line} ${whyNotSent(block, conf.path)}` };
  if (state !== "twice") return { check, ok: true, says: SENDERS[state] };
  const says = `stands in ${conf.path}:${twin?.place.line ?? 1} and in ${file}:${line}, so integratord sends it and Riposte does not, though it was taken over. Take it out of ${conf.path} (riposte takeover), then ${restartCommand(conf.path)}`;
  return { check, ok: false, says };
}

function addressFindings(
  block: IntegrationBlock,
  { conf }: OssecReading,
  blocks: readonly OssecBlock[],
  posters: readonly Poster[],
): readonly Finding[] {
  const own = blocks.find((of) => of.block === block || of.twin === block);
  const address = addressOfBlock(block);
  // What Riposte sends for it goes there as well, and is meant to.
  if (address === null || (own !== undefined && own.state !== "shadow")) return [];
  const live = blocks.filter((of) => of.state === "live" && addressOfBlock(of.block) === address);
  const others = [
    ...posters.filter((of) => of.address === address).map(({ destination }) => destination),
    ...live.map(({ name }) => name),
  ];
  return others.map((name): Finding => {
    const says = `integratord posts to the address of ${name} (${conf.path}:${block.place.line}), so what both take is told twice. Take the block out of ${conf.path}, or ${name} out of Riposte's config`;
    return { check: "address", ok: false, says };
  });
}

/** Of a block that Riposte sends: what else it sends there is perhaps meant, and perhaps the same once more. */
function sharedFindings(
  { name, state, block }: OssecBlock,
  blocks: readonly OssecBlock[],
  posters: readonly Poster[],
): readonly Finding[] {
  const address = addressOfBlock(block);
  if (address === null || (state !== "live" && state !== "handed_over")) return [];
  const isSent = (of: OssecBlock): boolean => of.state === "live" || of.state === "handed_over";
  const others = [
    ...posters.filter((of) => of.isTold && of.address === address).map(({ destination }) => destination),
    ...blocks
      .filter((of) => isSent(of) && of.block !== block && addressOfBlock(of.block) === address)
      .map((of) => of.name),
  ];
  return others.map((other): Finding => {
    const says = `${name} posts to the address of ${other}, so what both take is told twice. Where that is not meant take one of the two out`;
    return { check: "address", ok: true, doubtful: true, says };
  });
}
