import { describe, expect, test } from "vitest";
import { listSecretFields } from "../../src/config/secret.ts";
import type { MomentKind } from "../../src/core/moments.ts";
import { bruteForce, soundPictures, withMoments } from "../fixtures/pictures.ts";
import {
  configOf,
  destinationOf,
  inspect,
  isSecretRef,
  receiptAfter,
  stepOf,
  words,
  type AnyCase,
} from "./connector-case.ts";

/** What every connector promises before anything leaves it. */
export function connectorPlans<Config>(sample: AnyCase<Config>): void {
  describe("what it is made from", () => {
    test("the config is taken, and a key that it does not know is not", () => {
      expect(sample.connector.schema.safeParse(sample.config)).toMatchObject({ success: true });
      expect(sample.connector.schema.safeParse({ ...sample.config, spelt_wrong: 1 })).toMatchObject({
        success: false,
      });
    });

    test("a secret written into the config itself is refused", () => {
      for (const [key, value] of Object.entries(sample.config)) {
        if (!isSecretRef(value) || sample.openFields?.includes(key)) continue;
        const raw = sample.secrets[value.env];
        expect(sample.connector.schema.safeParse({ ...sample.config, [key]: raw })).toMatchObject({ success: false });
      }
    });

    test("every field of it that holds a secret is known as one", () => {
      const fields = Object.entries(sample.config).flatMap(([key, value]) => (isSecretRef(value) ? [key] : []));
      expect(listSecretFields(sample.connector.schema)).toEqual(expect.arrayContaining(fields));
    });

    test("its terms are ones that the engine can keep", () => {
      const terms = sample.connector.capabilities(configOf(sample));
      expect(terms.concurrency).toBeGreaterThanOrEqual(1);
      expect(terms.paceMs).toBeGreaterThanOrEqual(0);
      expect(terms.settleMs).toBeGreaterThan(0);
      expect(terms.giveUpAfterMs).toBeGreaterThan(terms.settleMs);
      expect(terms.finds).toBe(destinationOf(sample).find !== undefined);
    });
  });

  describe("what it wants to do", () => {
    test.each(soundPictures())("%s: one step, after which nothing is left", (_, picture) => {
      const destination = destinationOf(sample);
      const step = destination.next(picture, null, words(1));
      if (step === null) throw new Error("nothing to do for an incident that was never shown");

      expect(step).toMatchObject({ mark: words(1).mark, anchor: null });
      expect(step.plan.momentsTold).toBe(picture.moments.length);
      expect(destination.next(picture, receiptAfter(step), words(2))).toBeNull();
      inspect(sample, step, picture);
    });

    test("the same picture gives the same step", () => {
      for (const [, picture] of soundPictures()) {
        const again = structuredClone(picture);
        expect(destinationOf(sample).next(again, null, words(1))).toEqual(
          destinationOf(sample).next(picture, null, words(1)),
        );
      }
    });

    test.each<MomentKind>(["escalated", "acknowledged", "note", "resolved", "reopened"])(
      "whatever it makes of an incident that was %s later, it comes to an end",
      (kind) => {
        const destination = destinationOf(sample);
        const before = bruteForce();
        let receipt = receiptAfter(stepOf(destination, before));
        const picture = withMoments(before, kind);
        for (let steps = 2; steps < 10; steps += 1) {
          const step = destination.next(picture, receipt, words(steps));
          if (step === null) return;
          inspect(sample, step, picture);
          receipt = receiptAfter(step, receipt);
        }
        throw new Error("still something to do after ten steps");
      },
    );

    test("a possible repeat says so to whoever reads it", () => {
      const destination = destinationOf(sample);
      const step = destination.next(bruteForce(), null, { ...words(1), repeat: true });
      expect(step?.body).not.toBe(stepOf(destination, bruteForce()).body);
      expect(step?.body).toMatch(/repeat/i);
      expect(step?.mark).toBe(words(1).mark);
    });
  });
}
