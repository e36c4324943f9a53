import { describe, expect, it } from "vitest";
import { NO_ROW } from "../../src/core/audit-chain.ts";
import { SEAL_AFTER_MS, type Seal } from "../../src/core/audit-seal.ts";
import { decide } from "../../src/core/decide.ts";
import type { Input } from "../../src/core/input.ts";
import { addNeed, newNeed } from "../../src/core/need.ts";
import { HOUR_MS, MINUTE_MS } from "../../src/core/time.ts";
import { View } from "../../src/core/view.ts";
import { noteConfig } from "../../src/engine/note-config.ts";
import { Sealer, type Signer } from "../../src/engine/sealer.ts";
import type { Reader } from "../../src/store/queries.ts";
import type { Store } from "../../src/store/store.ts";
import { knownKeyOf, signerOf } from "../../src/app/audit/signer.ts";
import { verifyReader } from "../../src/app/audit/verify.ts";
import { createTestClock } from "../clock.ts";
import { auditKeyFrom } from "../fixtures/audit-key.ts";
import { aSnapshot, noon } from "../fixtures/kept-alerts.ts";
import type { Begin } from "./store.ts";

async function submit(store: Store, input: Input, now = noon) {
  const need = newNeed();
  addNeed(need, input);
  const view = new View(await store.read(need));
  const result = decide(view, input, { now, random: () => 0.5, snapshot: aSnapshot([]) });
  await store.commit(view.changes());
  return result;
}

function note(store: Store, about: string, now = noon) {
  return submit(store, { kind: "note", who: "riposte", what: "secret_changed", about }, now);
}

function sealerOf(store: Store, reader: Reader, signer: Signer | string | null = null) {
  const clock = createTestClock(noon);
  const [seals, said]: [Seal[], string[]] = [[], []];
  const sealer = new Sealer({
    clock,
    door: { submit: (input) => submit(store, input, clock.now()) },
    audit: () => reader.auditing,
    signer: () => Promise.resolve(signer),
    sealed: (seal) => seals.push(seal),
    differs: (row) => said.push(`row ${row} differs`),
    unsigned: (why) => said.push(why ?? "well"),
    failed: (error) => expect.fail(String(error)),
  });
  return { clock, seals, said, sealer };
}

async function pass({ clock, sealer }: ReturnType<typeof sealerOf>, ms: number): Promise<void> {
  await clock.advance(ms);
  await sealer.look();
}

export function auditSuite(name: string, begin: Begin): void {
  describe(`${name}: the audit's chain`, () => {
    it("goes on from one turn to the next and over a restart, with what rows say kept as it was", async () => {
      const { store, reopen, reader } = await begin();
      await note(store, "one\u0000two\ud800");
      await submit(store, { kind: "command", who: "Ana ☃", command: { kind: "stop_responses", why: "drill" } });
      const again = await reopen();
      await note(again, "three");

      const people = await reader();
      expect(await verifyReader(people, [], [])).toMatchObject({ fault: null, rows: 3, unsealed: 3 });
      const { auditHead } = (await again.read(newNeed())).counters;
      expect((await people.audit({ limit: 1 }))[0]?.hash).toBe(auditHead);
      expect(await people.auditing.head()).toMatchObject({ install: again.install, lastId: 3, head: auditHead });
    });

    it("is nothing to whoever writes no row of it", async () => {
      const { store, reader } = await begin([{ table: "counters", row: { incident: 3, attempt: 4, audit: 0 } }]);

      expect((await store.read(newNeed())).counters).toEqual({ incident: 3, attempt: 4, audit: 0 });
      expect(await verifyReader(await reader(), [], [])).toMatchObject({ fault: null, rows: 0, head: NO_ROW });
    });

    it("has that another config is in force in the commit that keeps it, and not for the first or the same", async () => {
      const { store, reader } = await begin();
      for (const [i, hash] of ["first", "first", "second", "second", "first"].entries())
        await store.putSnapshot(hash, noon + i, "{}", await noteConfig(store, hash, noon + i));

      const rows = await (await reader()).audit({ limit: 9 });
      expect(rows.map(({ what, about, detail }) => [what, about, detail])).toEqual([
        ["config_applied", "first", '{"before":"second"}'],
        ["config_applied", "second", '{"before":"first"}'],
      ]);
      expect(await verifyReader(await reader(), [], [])).toMatchObject({ fault: null, rows: 2 });
    });

    it("is sealed once rows have waited ten minutes, each seal behind the last, and signed where there is a key", async () => {
      const { store, reader } = await begin();
      const people = await reader();
      const [signer, known] = [signerOf(auditKeyFrom("ours"))!, knownKeyOf(auditKeyFrom("ours"))!];
      const sealing = sealerOf(store, people, signer);
      for (const about of ["one", "two"]) await note(store, about);
      await pass(sealing, SEAL_AFTER_MS - MINUTE_MS);
      expect(sealing.seals).toEqual([]);
      await pass(sealing, 2 * MINUTE_MS);
      await note(store, "three", sealing.clock.now());
      await pass(sealing, HOUR_MS);

      expect(sealing.seals).toMatchObject([
        { segment: 1, firstId: 1, lastId: 2, key: signer.key },
        { segment: 2, firstId: 3, lastId: 3, previous: sealing.seals[0]?.hash },
      ]);
      expect(await people.auditing.sealsAfter(0, 9)).toEqual(sealing.seals);
      expect(sealing.said).toEqual([]);
      const anchors = sealing.seals.map(({ segment, hash }) => ({ segment, hash: hash.slice(0, 16) }));
      expect(await verifyReader(people, [known], anchors)).toMatchObject({
        fault: null,
        signaturesChecked: 2,
        anchorsHeld: 2,
        unsealed: 0,
      });
      const older = [{ segment: 2, hash: "0123456789abcdef" }];
      expect((await verifyReader(people, [known], older)).fault?.says).toContain("is not the one that was kept");
      const newer = [{ segment: 3, hash: "0123456789abcdef" }];
      expect((await verifyReader(people, [known], newer)).fault?.says).toContain("was sealed once, and is not here");
    });

    it("is not sealed without the key that the config names, and that another key signs is a row", async () => {
      const { store, reader } = await begin();
      await note(store, "one");
      const people = await reader();
      const without = sealerOf(store, people, "audit.key: no such file");
      await pass(without, HOUR_MS);
      expect([without.seals, without.said]).toEqual([[], ["audit.key: no such file"]]);

      const plain = sealerOf(store, people);
      await pass(plain, HOUR_MS);
      const signer = signerOf(auditKeyFrom("new"))!;
      const keyed = sealerOf(store, people, signer);
      await pass(keyed, HOUR_MS);
      await pass(keyed, HOUR_MS);

      expect([...plain.seals, ...keyed.seals]).toMatchObject([
        { key: null },
        { key: signer.key, firstId: 2, lastId: 2 },
      ]);
      expect(await people.audit({ limit: 1 })).toMatchObject([{ what: "audit_key", about: signer.key }]);
    });

    it("has one seal of a segment, whoever else makes one", async () => {
      const { store, reader } = await begin();
      await note(store, "one");
      const sealing = sealerOf(store, await reader());
      await pass(sealing, HOUR_MS);
      const [seal] = sealing.seals;

      expect(await submit(store, { kind: "seal", seal: seal! })).toMatchObject({
        refused: "segment 1 is not the next",
      });
      await expect((async () => store.commit([{ table: "seal", row: seal! }]))()).rejects.toThrow();
    });
  });
}
