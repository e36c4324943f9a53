import { describe, expect, it } from "vitest";
import { expectNoSecret, expectRefusal } from "../../test/fixtures/database-file.ts";
import { tryOpen } from "../../test/fixtures/postgres-stores.ts";
import { postgresAddress } from "./postgres-address.ts";
import { openPostgresReader } from "./postgres-reader.ts";

const PASSWORD = "canary-password-81f2";

describe("a connection string", () => {
  it.each([
    ["postgres://riposte:p%2Fw%23@db.example:5433/riposte?sslmode=require", '"riposte" at db.example:5433'],
    ["postgresql://riposte@db.example/riposte", '"riposte" at db.example:5432'],
    ["postgres://riposte:pw@[::1]/riposte", '"riposte" at ::1:5432'],
    ["postgres://riposte:pw@/riposte?host=/run/postgresql", '"riposte" at the socket in /run/postgresql'],
  ])("%s is understood", (written, place) => {
    expect(postgresAddress(written)).toMatchObject({ place: `the PostgreSQL database ${place}` });
  });

  it.each([
    PASSWORD,
    `postgres://riposte:${PASSWORD}@[::broken/riposte`,
    `mysql://riposte:${PASSWORD}@db/riposte`,
    ...["/", "12/", "12#", "#", "?", "@", "/?"].map((odd) => `postgres://riposte:${odd}${PASSWORD}@db/riposte`),
    "",
  ])("has an address that is none, and is not repeated (%#)", async (written) => {
    for (const refusal of [await tryOpen(written), await openPostgresReader(written)]) {
      expectRefusal(refusal, "unreachable", "store");
      expectNoSecret(refusal, PASSWORD);
    }
  });

  it("names the file that the connection string wants and that isn't there", async () => {
    const refusal = await tryOpen(`postgres://riposte:${PASSWORD}@127.0.0.1/riposte?sslrootcert=/nowhere/ca.pem`);

    expectRefusal(refusal, "unreachable", "/nowhere/ca.pem");
    expectNoSecret(refusal, PASSWORD);
  });
});
