import { snapshotOf } from "../config/snapshot.ts";
import type { IndexerSourceConfig } from "../config/indexer-source.ts";
import type { Config } from "../config/schema.ts";
import type { Destination } from "../connectors/connector.ts";
import { openDestinations } from "../connectors/destinations.ts";
import { connectors } from "../connectors/index.ts";
import { agentFieldsBy } from "../core/agent-fields.ts";
import { compilePolicies, matchAlert } from "../core/match.ts";
import { lineFilterOf, namedFilter, type NamedFilter } from "../core/line-filter.ts";
import { refusalBy } from "../core/refusal.ts";
import { responds, wantedRules } from "../core/wanted-rules.ts";
import type { Assembly } from "../engine/engine.ts";
import type { Clock } from "../ports/clock.ts";
import { diskFiles } from "../ports/disk-files.ts";
import { diskSpoolFolder } from "../ports/disk-spool-folder.ts";
import { gunzip } from "../ports/gunzip.ts";
import type { Http } from "../ports/http.ts";
import { re2 } from "../ports/regex.ts";
import type { AgentBook } from "../sources/agent-book.ts";
import { createAgentsSource } from "../sources/agents.ts";
import type { AgentsEvent } from "../sources/agents-event.ts";
import { enrichFrom } from "../sources/enrich.ts";
import { createIndexerSource } from "../sources/indexer.ts";
import type { IndexerEvent } from "../sources/indexer-event.ts";
import type { HttpEvent } from "../sources/http-event.ts";
import { createHttpSource } from "../sources/http-source.ts";
import { createLineJudge, type LineJudge } from "../sources/line-judge.ts";
import type { Source } from "../sources/source.ts";
import { createSpool } from "../sources/spool.ts";
import type { SpoolEvent } from "../sources/spool-event.ts";
import { createTail } from "../sources/tail.ts";
import type { TailEvent } from "../sources/tail-event.ts";
import { alertOfFinding } from "../sources/wazuh5.ts";
import type { WazuhApi } from "../wazuh/api/client.ts";
import type { Indexer } from "../wazuh/indexer/client.ts";
import type { Reader } from "../store/queries.ts";
import { enrichedBy } from "./fleet-known.ts";
import { haveRead } from "./have-read.ts";
import { openLosses } from "./open-losses.ts";

export interface AssemblyOptions {
  readonly config: Config;
  readonly generation: number;
  readonly http: Http;
  readonly clock: Clock;
  /** The one that the config names; null where it names none. */
  readonly wazuhApi: WazuhApi | null;
  readonly indexerOf: (source: IndexerSourceConfig) => Indexer;
  readonly agents: AgentBook;
  /** Not asked before the sources are put to work: the database is open by then. */
  readonly reader: () => Pick<Reader, "incidents" | "fleet">;
  readonly tellOfSource: (source: string, event: SourceEvent) => void;
  /** What is put around the destinations; nothing if not said. */
  readonly wrap?: (destinations: ReadonlyMap<string, Destination>) => ReadonlyMap<string, Destination>;
  /** Another judge than the real one, for measurements. */
  readonly judge?: (real: LineJudge) => LineJudge;
}

export type SourceEvent = TailEvent | SpoolEvent | AgentsEvent | IndexerEvent | HttpEvent;

export interface Assembled extends Assembly {
  /** What the sources refuse by. */
  readonly lineFilter: NamedFilter;
}

/** Builds of a config everything that is built anew when it changes. Touches nothing until it is put to work. */
export function assemble(options: AssemblyOptions): Assembled {
  const { config, generation, http, clock, tellOfSource, judge, wazuhApi, indexerOf, agents, reader } = options;
  const { wrap = (destinations) => destinations } = options;
  const { snapshot, policies } = snapshotOf(config, connectors);
  const filter = lineFilterOf(policies, wantedRules(policies));
  const facts = enrichedBy(config);
  const enrich = facts.size === 0 ? null : enrichFrom({ book: agents, facts, usedBy: agentFieldsBy(policies) });
  const compiled = compilePolicies(policies, re2);
  const real = createLineJudge(compiled, refusalBy(filter), matchAlert, responds(policies), enrich);
  return {
    lineFilter: namedFilter(filter),
    setup: { generation, snapshot, destinations: config.destinations },
    destinations: wrap(openDestinations(config.destinations)),
    http,
    ...(enrich !== null && {
      beforeReading: async () => {
        // What stands in the database is what was committed of what the book knows already.
        if (agents.lookedAt === null) agents.load(await reader().fleet());
      },
    }),
    sources: (accept) => {
      const all: readonly Source[] = config.sources.map((source): Source => {
        const { name } = source;
        const common = { name, clock, accept, judge: judge?.(real) ?? real };
        const observe = (event: SourceEvent): void => tellOfSource(name, event);
        switch (source.from) {
          case "file":
            return createTail({
              ...common,
              path: source.path,
              start: source.start,
              files: diskFiles,
              unpack: gunzip,
              observe,
            });
          case "spool": {
            const ownId = process.geteuid?.() ?? null;
            return createSpool({
              ...common,
              folder: diskSpoolFolder(source.path),
              owner: source.owner,
              ownId,
              observe,
            });
          }
          case "indexer": {
            const { url, index, wazuh, start, overlapMs, lateMs } = source;
            const reading = { indexer: indexerOf(source), url, index, wazuh, start, overlapMs, lateMs };
            return createIndexerSource({ ...common, ...reading, observe });
          }
          case "http":
            return createHttpSource({ ...common, accept, sender: source.sender, alertOfFinding, observe });
          case "agents": {
            if (wazuhApi === null) throw new Error("wazuh.agents was read without wazuh.api");
            const { everyMs } = source;
            const startedAt = clock.now();
            const othersHaveRead = (): boolean =>
              haveRead(
                all.filter((other) => other.name !== name),
                clock,
                startedAt,
              );
            return createAgentsSource({
              ...common,
              api: wazuhApi,
              everyMs,
              openLosses: () => openLosses(reader()),
              othersHaveRead,
              ...(facts.size > 0 && { enrich: { api: wazuhApi, facts, book: agents } }),
              observe,
            });
          }
        }
      });
      return all;
    },
  };
}
