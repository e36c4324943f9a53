import { refusal, type Refused } from "./refusal.ts";

interface Version {
  readonly id: string;
  readonly value: string | Uint8Array;
  readonly createdAt: number;
}

interface Kept {
  readonly name: string;
  readonly arn: string;
  readonly versions: Version[];
  /** Which version each staging label is on. */
  readonly stages: Map<string, string>;
  deletedAt: number | null;
}

export type Answered = { readonly answer: Readonly<Record<string, unknown>> } | Refused;

/** The secrets of an account, each with its versions and the staging labels on them. */
export class SecretShelf {
  readonly #region: string;
  readonly #account: string;
  readonly #kept = new Map<string, Kept>();
  #made = 0;

  constructor(region: string, account: string) {
    this.#region = region;
    this.#account = account;
  }

  /** A new value: the version before becomes AWSPREVIOUS. */
  put(name: string, value: string | Uint8Array, createdAt = 1_795_000_000_000): string {
    const kept = this.#kept.get(name) ?? this.#make(name);
    const id = this.#add(kept, value, createdAt);
    const before = kept.stages.get("AWSCURRENT");
    if (before !== undefined) kept.stages.set("AWSPREVIOUS", before);
    kept.stages.set("AWSCURRENT", id);
    return id;
  }

  /** As a rotation does it before it is tried. */
  putPending(name: string, value: string): string {
    const kept = this.#of(name);
    const id = this.#add(kept, value, 1_795_000_000_000);
    kept.stages.set("AWSPENDING", id);
    return id;
  }

  arn(name: string): string {
    return this.#of(name).arn;
  }

  /** Marked for deletion, as `delete-secret` does. */
  remove(name: string): void {
    this.#of(name).deletedAt = 1;
  }

  restore(name: string): void {
    this.#of(name).deletedAt = null;
  }

  /** There, and without a value. */
  makeEmpty(name: string): void {
    this.#make(name);
  }

  create(name: string, value: string, nowMs: number): Answered {
    if (this.#kept.has(name))
      return refusal("ResourceExistsException", `The operation failed because the secret ${name} already exists.`);
    const VersionId = this.put(name, value, nowMs);
    return { answer: { ARN: this.arn(name), Name: name, VersionId } };
  }

  get(id: string, stage: string, version: unknown): Answered {
    const kept = this.#find(id);
    if (kept === undefined)
      return refusal("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    if (kept.deletedAt !== null) {
      const says = "You can't perform this operation on the secret because it was marked for deletion.";
      return refusal("InvalidRequestException", says);
    }
    const wanted = typeof version === "string" ? version : kept.stages.get(stage);
    const found = kept.versions.find((each) => each.id === wanted);
    if (found === undefined) {
      const says = `Secrets Manager can't find the specified secret value for staging label: ${stage}`;
      return refusal("ResourceNotFoundException", says);
    }
    const { value } = found;
    const stages = [...kept.stages].filter(([, on]) => on === found.id).map(([label]) => label);
    return {
      answer: {
        ARN: kept.arn,
        Name: kept.name,
        VersionId: found.id,
        ...(typeof value === "string"
          ? { SecretString: value }
          : { SecretBinary: Buffer.from(value).toString("base64") }),
        VersionStages: stages,
        CreatedDate: found.createdAt / 1_000,
      },
    };
  }

  describe(id: string): Answered {
    const kept = this.#find(id);
    if (kept === undefined)
      return refusal("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    const VersionIdsToStages = Object.fromEntries(
      kept.versions.map(({ id: of }) => [of, [...kept.stages].flatMap(([label, on]) => (on === of ? [label] : []))]),
    );
    return { answer: { ARN: kept.arn, Name: kept.name, VersionIdsToStages } };
  }

  #find(id: string): Kept | undefined {
    return this.#kept.get(id) ?? [...this.#kept.values()].find(({ arn }) => arn === id);
  }

  #of(name: string): Kept {
    const kept = this.#kept.get(name);
    if (kept === undefined) throw new Error(`no secret ${name}`);
    return kept;
  }

  #make(name: string): Kept {
    const arn = `arn:aws:secretsmanager:${this.#region}:${this.#account}:secret:${name}-AbCdEf`;
    const kept = { name, arn, versions: [], stages: new Map<string, string>(), deletedAt: null };
    this.#kept.set(name, kept);
    return kept;
  }

  #add({ versions }: Kept, value: string | Uint8Array, createdAt: number): string {
    this.#made += 1;
    const id = `00000000-0000-4000-8000-${String(this.#made).padStart(12, "0")}`;
    versions.push({ id, value, createdAt });
    return id;
  }
}
