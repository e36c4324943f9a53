import { describe, expect, test } from "vitest";
import type { Io } from "../../src/connectors/connector.ts";
import type { Secrets } from "../../src/ports/secrets.ts";
import { destinationOf, firstStep, noLeak, type AnyCase } from "./connector-case.ts";
import { secretsOf } from "./secrets.ts";

export interface SecretsStage<Config> {
  readonly made: AnyCase<Config>;
  /** The same with a secret in which this stands: `sEcReT-cAnArY-41`. */
  readonly useless: AnyCase<Config>;
  readonly io: (secrets: Secrets, deadlineMs?: number) => Io;
  /** How often something was sent. */
  readonly calls: () => number;
}

/** What every connector promises about its secrets, once what it calls stands ready and says that all is well. */
export function connectorSecrets<Config>(ready: () => Promise<SecretsStage<Config>>): void {
  describe("secrets", () => {
    test("one that can't be read puts the destination off, and nothing is sent", async () => {
      const { made, io: ioOf, calls } = await ready();
      for (const missing of Object.keys(made.secrets)) {
        const { [missing]: _, ...others } = made.secrets;
        const io = ioOf(secretsOf(others));
        const outcome = noLeak(made, await destinationOf(made).perform(firstStep(made), io));
        expect(outcome).toMatchObject({ kind: "later", reason: "secret_unreadable", scope: "destination" });
        expect(noLeak(made, await destinationOf(made).probe(io))).toMatchObject({ ok: false });
      }
      expect(calls()).toBe(0);
    });

    test("one that is of no use is never repeated", async () => {
      const canary = "sEcReT-cAnArY-41";
      const { useless, io: ioOf } = await ready();
      const made = { ...useless, canaries: [canary] };
      const values = [canary, `ftp://${canary}`, `http://${canary}.invalid/x`, `{"${canary}`, `${canary}\n\u0001é`, ""];
      for (const name of Object.keys(made.secrets)) {
        for (const value of values) {
          const io = ioOf(secretsOf({ ...made.secrets, [name]: value }), 200);
          noLeak(made, await destinationOf(made).perform(firstStep(made), io));
          noLeak(made, await destinationOf(made).probe(io));
        }
      }
    });

    test("one that was changed is used from the next call on", async () => {
      const { made, io: ioOf } = await ready();
      const current = { ...made.secrets };
      const io = ioOf(secretsOf(current));
      const destination = destinationOf(made);
      expect(await destination.perform(firstStep(made), io)).toMatchObject({ kind: "done" });
      if (Object.keys(current).length === 0) return;
      for (const name of Object.keys(current)) current[name] = "rotated away";
      expect(await destination.perform(firstStep(made), io)).toMatchObject({ reason: "secret_unreadable" });
      Object.assign(current, made.secrets);
      expect(await destination.perform(firstStep(made), io)).toMatchObject({ kind: "done" });
    });
  });
}
