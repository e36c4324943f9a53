// The Writer's thread with death around its nth commit.
import { runWriterThread } from "../../src/engine/writer-thread.ts";
import { dieAt } from "./death.ts";

const before = dieAt("before_commit");
const after = dieAt("after_commit");

runWriterThread((store) => ({
  install: store.install,
  read: (need) => store.read(need),
  claim: (query) => store.claim(query),
  async commit(changes) {
    before();
    await store.commit(changes);
    after();
  },
  putSnapshot: (...snapshot) => store.putSnapshot(...snapshot),
  upkeep: () => store.upkeep(),
  close: () => store.close(),
}));
