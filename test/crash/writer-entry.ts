// The Writer's thread with death around its nth commit.
import { openDestinations } from "../../src/connectors/destinations.ts";
import { runWriterThread } from "../../src/engine/writer-thread.ts";
import { readStoredLine } from "../../src/sources/stored-line.ts";
import { wrapStore } from "../fixtures/wrapped-store.ts";
import { dieAt } from "./death.ts";

const before = dieAt("before_commit");
const after = dieAt("after_commit");

runWriterThread({
  openDestinations,
  readFacts: readStoredLine,
  wrap: (store) =>
    wrapStore(store, {
      async commit(changes, plan) {
        before();
        await store.commit(changes, plan);
        after();
      },
    }),
});
