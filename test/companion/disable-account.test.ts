import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type Account,
  anAccount,
  canMakeAccounts,
  giveKeys,
  processesOf,
  removeAccount,
  run,
  stateOf,
} from "./accounts.ts";
import { type Agent, anAgent, type CompanionLine, type Order, type RunOptions } from "./agent.ts";
import { hasProgram } from "./needed.ts";
import { type Sshd, startSshd } from "./sshd.ts";

/** Dozens of orders one after the other, each a few dozen processes. */
const KILLS_MS = 120_000;

let tokens = 0;
const aToken = (): string => `token-${String(++tokens).padStart(6, "0")}`;
const IN_FORCE = { password: "locked", account: "expired", keys: "parked", sessions: "0" };

describe.skipIf(!canMakeAccounts())("riposte-disable-account on a real account", () => {
  let folder = "";
  let account: Account;
  let agent: Agent;
  let sshd: Sshd;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "riposte-accounts-"));
    chmodSync(folder, 0o755);
    sshd = await startSshd(folder);
    account = anAccount(folder);
    giveKeys(account, sshd.publicKey);
  });

  beforeEach(() => {
    agent?.remove();
    agent = anAgent("riposte-disable-account");
  });

  afterAll(async () => {
    agent?.remove();
    await sshd?.stop();
    if (account !== undefined) removeAccount(account);
    rmSync(folder, { recursive: true, force: true });
  });

  async function order(
    of: Partial<Order> & Pick<Order, "verb" | "token">,
    options?: RunOptions,
  ): Promise<CompanionLine> {
    const { lines } = await agent.order({ user: account.name, ...of }, options);
    expect(lines).toHaveLength(1);
    return lines[0] as CompanionLine;
  }

  it("closes every way in and ends the open session, and undo opens all of them again", async () => {
    const before = stateOf(account);
    expect(await Promise.all([sshd.byPassword(account), sshd.byKey(account)])).toEqual([true, true]);
    const session = await sshd.stay(account);
    const token = aToken();

    const added = await order({ verb: "add", token, seconds: 3600 });

    expect(added).toMatchObject({ effect: "yes", why: "done", others: "0", found: IN_FORCE });
    await session.over;
    expect(processesOf(account)).toBe(0);
    expect(await Promise.all([sshd.byPassword(account), sshd.byKey(account)])).toEqual([false, false]);
    expect(await order({ verb: "check", token })).toMatchObject({ effect: "yes", why: "in_force", found: IN_FORCE });

    const undone = await order({ verb: "undo", token });

    expect(undone).toMatchObject({ effect: "undone", why: "restored" });
    expect(undone.found).toEqual({ password: "open", account: "open", keys: "in_place", sessions: "0" });
    expect(stateOf(account)).toBe(before);
    expect(await Promise.all([sshd.byPassword(account), sshd.byKey(account)])).toEqual([true, true]);
    expect(await order({ verb: "check", token })).toMatchObject({ effect: "undone", why: "was_undone" });
  });

  it.each(["dash", "bash", "busybox sh"])("does the same in %s", async (words) => {
    const shell = words.split(" ");
    // What is not installed is not what anybody's agent would run it with.
    if (!hasProgram(shell[0] ?? "")) return;
    const before = stateOf(account);
    const token = aToken();

    expect(await order({ verb: "add", token }, { shell })).toMatchObject({ effect: "yes", found: IN_FORCE });
    expect(await order({ verb: "undo", token }, { shell })).toMatchObject({ effect: "undone", why: "restored" });

    expect(stateOf(account)).toBe(before);
  });

  it.skipIf(!hasProgram("busybox"))(
    "does the same where all of the base system but shadow's tools is busybox",
    async () => {
      const applets = join(agent.home, "applets");
      mkdirSync(applets);
      run("busybox", "--install", "-s", applets);
      agent.edit("riposte-companion.sh", "PATH=/usr/sbin", `PATH=${applets}:/usr/sbin`);
      const before = stateOf(account);
      const token = aToken();
      const shell = ["busybox", "sh"];

      expect(await order({ verb: "add", token }, { shell })).toMatchObject({ effect: "yes", found: IN_FORCE });
      expect(await order({ verb: "undo", token }, { shell })).toMatchObject({ effect: "undone", why: "restored" });

      expect(stateOf(account)).toBe(before);
    },
  );

  it("asks execd to remember an add by its token, and nothing else", async () => {
    const token = aToken();

    const added = await agent.order({ verb: "add", token, user: account.name });
    const asked = await agent.order({ verb: "check", token, user: account.name });
    const undone = await agent.order({ verb: "undo", token, user: account.name });

    expect(added.said.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        version: 1,
        origin: { name: "riposte-disable-account", module: "active-response" },
        command: "check_keys",
        parameters: { keys: [token] },
      },
    ]);
    expect([asked.said, undone.said]).toEqual([[], []]);
  });

  it("carries out an order of which execd says abort, since execd may know it from before and not what became of it", async () => {
    const token = aToken();

    expect(await order({ verb: "add", token }, { execd: "abort" })).toMatchObject({ effect: "yes", why: "done" });
    await order({ verb: "undo", token });
  });

  it("does the same order once, and says that it was known", async () => {
    const before = stateOf(account);
    const token = aToken();
    await order({ verb: "add", token, seconds: 600 });
    const held = stateOf(account);

    const again = await order({ verb: "add", token, seconds: 9999 });

    expect(again).toMatchObject({ effect: "already", why: "seen", found: IN_FORCE });
    expect(stateOf(account)).toBe(held);
    await order({ verb: "undo", token });
    expect(stateOf(account)).toBe(before);
    expect(await order({ verb: "undo", token })).toMatchObject({ effect: "undone", why: "was_undone" });
    expect(await order({ verb: "add", token })).toMatchObject({ effect: "refused", why: "token_ended" });
    expect(stateOf(account)).toBe(before);
  });

  it("never carries out an add that its undo has overtaken", async () => {
    const before = stateOf(account);
    const token = aToken();

    expect(await order({ verb: "undo", token })).toMatchObject({ effect: "undone", why: "never_done" });
    expect(await order({ verb: "add", token })).toMatchObject({ effect: "refused", why: "token_ended" });
    expect(stateOf(account)).toBe(before);
  });

  it("keeps an account that two hold until the last of them lets go, whoever came first", async () => {
    const before = stateOf(account);
    const [first, second] = [aToken(), aToken()];
    await order({ verb: "add", token: first });

    expect(await order({ verb: "add", token: second })).toMatchObject({ effect: "yes", why: "joined", others: "1" });
    expect(await order({ verb: "undo", token: first })).toMatchObject({
      effect: "undone",
      why: "still_held",
      found: IN_FORCE,
    });
    expect(await order({ verb: "undo", token: second })).toMatchObject({ effect: "undone", why: "restored" });
    expect(stateOf(account)).toBe(before);
  });

  it.each([
    ["was locked", "usermod", "-L"],
    ["was expired", "chage", "-E", "10"],
    ["expires one day", "chage", "-E", "40000"],
    ["has no password", "passwd", "-d"],
    ["never had one", "usermod", "-p", "*"],
  ])("gives back an account that %s as it was", async (_, command, ...args) => {
    const odd = anAccount(folder);
    try {
      run(command, ...args, odd.name);
      const before = stateOf(odd);
      const token = aToken();

      const added = await order({ verb: "add", token, user: odd.name });
      const undone = await order({ verb: "undo", token, user: odd.name });

      expect(added).toMatchObject({ effect: "yes", found: { ...IN_FORCE, keys: "none" } });
      expect(undone).toMatchObject({ effect: "undone", why: "restored" });
      expect(stateOf(odd)).toBe(before);
    } finally {
      removeAccount(odd);
    }
  });

  it("sees that somebody has undone it by hand", async () => {
    const token = aToken();
    await order({ verb: "add", token });
    const held = run("cat", "/etc/shadow").length;

    run("usermod", "-U", account.name);
    expect(await order({ verb: "check", token })).toMatchObject({ effect: "no", why: "password_open" });
    run("usermod", "-L", account.name);
    run("chage", "-E", "-1", account.name);
    expect(await order({ verb: "check", token })).toMatchObject({ effect: "no", why: "account_open" });
    run("chage", "-E", "1", account.name);
    const planted = join(account.home, ".ssh/authorized_keys");
    writeFileSync(planted, "ssh-ed25519 AAAA planted\n");
    expect(await order({ verb: "check", token })).toMatchObject({ effect: "no", why: "keys_left" });
    rmSync(planted);

    expect(run("cat", "/etc/shadow").length).toBe(held);
    expect(await order({ verb: "check", token })).toMatchObject({ effect: "yes" });
    await order({ verb: "undo", token });
  });

  it("puts a key that was planted meanwhile aside, and brings back the one from before", async () => {
    const token = aToken();
    const keys = join(account.home, ".ssh/authorized_keys");
    const before = readFileSync(keys, "utf8");
    await order({ verb: "add", token });
    writeFileSync(keys, "ssh-ed25519 AAAA planted\n");

    const undone = await order({ verb: "undo", token });

    expect(undone).toMatchObject({ effect: "undone", why: "restored" });
    expect(readFileSync(keys, "utf8")).toBe(before);
    const aside = readdirSync(join(account.home, ".ssh")).filter((name) => name.includes("meanwhile"));
    expect(aside).toHaveLength(1);
    for (const name of aside) rmSync(join(account.home, ".ssh", name));
  });

  it("does not bring back parked keys that were changed meanwhile, and says so", async () => {
    const token = aToken();
    await order({ verb: "add", token });
    const parked = join(account.home, ".ssh", `authorized_keys.riposte-${token}-1`);
    const [own, changed] = [readFileSync(parked, "utf8"), "ssh-ed25519 AAAA planted\n"];
    writeFileSync(parked, changed);

    expect(await order({ verb: "undo", token })).toMatchObject({ effect: "no", why: "not_restored" });
    expect(existsSync(join(account.home, ".ssh/authorized_keys"))).toBe(false);

    writeFileSync(parked, own);
    expect(await order({ verb: "undo", token })).toMatchObject({ effect: "undone", why: "restored" });
    expect(await sshd.byKey(account)).toBe(true);
  });

  it("renames nothing behind a link that the user put into his home", async () => {
    const linked = anAccount(folder);
    const elsewhere = join(folder, "elsewhere");
    try {
      mkdirSync(elsewhere);
      writeFileSync(join(elsewhere, "authorized_keys"), "somebody else's\n");
      symlinkSync(elsewhere, join(linked.home, ".ssh"));
      const before = stateOf(linked);
      const token = aToken();

      expect(await order({ verb: "add", token, user: linked.name })).toMatchObject({ effect: "yes", found: IN_FORCE });
      expect(readdirSync(elsewhere)).toEqual(["authorized_keys"]);
      expect(existsSync(join(linked.home, ".ssh"))).toBe(false);
      expect(await order({ verb: "undo", token, user: linked.name })).toMatchObject({ why: "restored" });

      expect(stateOf(linked)).toBe(before);
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
      removeAccount(linked);
    }
  });

  it("leaves the keys of a home alone that another account has as well", async () => {
    const other = anAccount(folder);
    try {
      run("usermod", "-d", account.home, other.name);
      const before = stateOf(other);
      const token = aToken();

      const added = await order({ verb: "add", token, user: other.name });

      expect(added).toMatchObject({ effect: "yes", found: { keys: "shared" } });
      expect(await sshd.byKey(account)).toBe(true);
      await order({ verb: "undo", token, user: other.name });
      expect(stateOf(other)).toBe(before);
    } finally {
      run("usermod", "-d", join(folder, other.name), other.name);
      removeAccount(other);
    }
  });

  describe("in time", () => {
    it("does not lift before its time when execd says delete, as it does to all on a restart of the agent", async () => {
      const token = aToken();
      await order({ verb: "add", token, seconds: 3600 });

      const stopped = await agent.order({ verb: "add", token, user: account.name, seconds: 3600, command: "delete" });

      expect([stopped.said, stopped.logged]).toEqual([[], []]);
      expect(await order({ verb: "check", token })).toMatchObject({ effect: "yes" });
      await order({ verb: "undo", token });
    });

    it.each(["delete", "lift", "another order"])("lifts what is over, asked by %s", async (by) => {
      const before = stateOf(account);
      const token = aToken();
      await order({ verb: "add", token, seconds: 1 });
      // As if the second had passed.
      const holder = join(agent.state, "holds/disable-account", account.name, "holders", token);
      writeFileSync(holder, "1000000000\n");

      const asked = { verb: "add", token, user: account.name, seconds: 1 } as const;
      const ran =
        by === "delete"
          ? await agent.order({ ...asked, command: "delete" })
          : by === "lift"
            ? await agent.lift()
            : await agent.order({ verb: "check", token: aToken(), user: account.name });

      expect(ran.lines[0]).toMatchObject({
        token,
        verb: "lift",
        target: account.name,
        effect: "undone",
        why: "restored",
      });
      expect(stateOf(account)).toBe(before);
      expect(await order({ verb: "undo", token })).toMatchObject({ effect: "undone", why: "was_undone" });
    });
  });

  it("refuses what its owner has protected, and a config that others may write", async () => {
    agent.configure("# ours\nmin_uid 1000\nprotect backup-* riptest-*\n");
    expect(await order({ verb: "add", token: aToken() })).toMatchObject({ effect: "refused", why: "protected" });

    agent.configure("min_uid 60000\n");
    expect(await order({ verb: "add", token: aToken() })).toMatchObject({ effect: "refused", why: "protected" });

    chmodSync(join(agent.home, "companion.conf"), 0o666);
    expect(await order({ verb: "add", token: aToken() })).toMatchObject({ effect: "refused", why: "unsafe_state" });
  });

  it("touches nothing where its memory is not root's alone", async () => {
    const before = stateOf(account);
    mkdirSync(agent.state, { mode: 0o777 });
    chmodSync(agent.state, 0o777);

    expect(await order({ verb: "add", token: aToken() })).toMatchObject({ effect: "refused", why: "unsafe_state" });
    expect(stateOf(account)).toBe(before);
  });

  it("is finished or undone wherever it was killed", { timeout: KILLS_MS }, async () => {
    const before = stateOf(account);
    const killed = killing(agent);
    let at = 0;
    let finished = 0;
    for (;;) {
      const token = aToken();
      const ended = await killed({ verb: "add", token, user: account.name }, ++at);
      if (ended.lines.length === 1) {
        await order({ verb: "undo", token });
        break;
      }
      if (at % 2 === 0) {
        const again = await order({ verb: "add", token });
        expect(again).toMatchObject({ effect: expect.stringMatching(/^(yes|already)$/) as string, found: IN_FORCE });
        finished++;
      }
      expect(await order({ verb: "undo", token })).toMatchObject({ effect: "undone" });
      expect([at, stateOf(account)]).toEqual([at, before]);
    }
    expect(finished).toBeGreaterThan(5);
    expect(stateOf(account)).toBe(before);
  });

  it("is undone in the end wherever the undo was killed", { timeout: KILLS_MS }, async () => {
    const before = stateOf(account);
    const killed = killing(agent);
    for (let at = 1; ; at++) {
      const token = aToken();
      await order({ verb: "add", token });
      const ended = await killed({ verb: "undo", token, user: account.name }, at);
      if (ended.lines.length === 1) break;
      expect(await order({ verb: "undo", token })).toMatchObject({ effect: "undone" });
      expect([at, stateOf(account)]).toEqual([at, before]);
    }
    expect(stateOf(account)).toBe(before);
  });

  it.each(["root", "daemon", "nobody", "no-such-user"])("refuses %s", async (user) => {
    const why = user === "no-such-user" ? "no_such_user" : "protected";

    expect(await order({ verb: "add", token: aToken(), user })).toMatchObject({ effect: "refused", why, target: user });
  });
});

/** Runs an order and kills it just before its nth change. */
function killing(agent: Agent) {
  const steps = join(agent.home, "steps");
  const env = { BASH_ENV: new URL("killer.bash", import.meta.url).pathname, KILL_STEPS: steps };
  return (order: Order, at: number) => {
    rmSync(steps, { force: true });
    return agent.order(order, { shell: ["bash"], env: { ...env, KILL_AT: String(at) } });
  };
}
