import { sourceTrouble, sourceWell } from "../observe/events.ts";
import type { Log } from "../observe/log.ts";
import { wordsOfAgents } from "../sources/agents-event.ts";
import { wordsOfHttp } from "../sources/http-event.ts";
import { wordsOfIndexer } from "../sources/indexer-event.ts";
import { wordsOfSpool } from "../sources/spool-event.ts";
import { wordsOf } from "../sources/tail-event.ts";
import type { SourceEvent } from "./assembly.ts";

export function tellOfSource(log: Log, source: string, event: SourceEvent): void {
  switch (event.kind) {
    case "opened":
      log.info({ source, path: event.path, offsetBytes: event.offsetBytes }, "reading");
      return;
    case "well":
      sourceWell(log, { source, state: event.kind });
      return;
    case "missing":
    case "unreadable":
    case "truncated":
    case "gap":
    case "damaged":
    case "cursor_unreadable":
    case "not_accepted":
      sourceTrouble(log, { source, state: event.kind, trouble: wordsOf(event) });
      return;
    case "not_stored":
    case "folder_missing":
    case "folder_unusable":
    case "file_waits":
    case "file_rejected":
    case "file_stays":
      sourceTrouble(log, { source, state: event.kind, trouble: wordsOfSpool(event) });
      return;
    case "batch_not_stored":
    case "batch_refused":
      sourceTrouble(log, { source, state: event.kind, trouble: wordsOfHttp(event) });
      return;
    case "not_asked":
    case "not_enriched":
    case "agents_not_stored":
      sourceTrouble(log, { source, state: event.kind, trouble: wordsOfAgents(event) });
      return;
    case "experimental":
      log.warn({ source }, wordsOfIndexer(event));
      return;
    case "not_read":
    case "no_index":
    case "documents_not_stored":
    case "bookmark_unreadable":
      sourceTrouble(log, { source, state: event.kind, trouble: wordsOfIndexer(event) });
  }
}
