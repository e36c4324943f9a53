import { later, type Later } from "../../core/outcome.ts";
import type { Io } from "../connector.ts";
import { readAccess, type Access } from "./access.ts";
import { readJira, type Door } from "./client.ts";
import { textIn } from "./members.ts";
import type { JiraConfig } from "./config.ts";

/** One Jira, known well enough to be spoken to. */
export interface Jira extends Door {
  readonly kind: "jira";
  /** Cloud has rich text as a tree, a search that lags, and reads of many issues at once; Data Center has none of them. */
  readonly isCloud: boolean;
}

/** Finds out once in a process what stands at an address; a wrong guess would cost every ticket its text. */
export class Deployments {
  readonly #config: JiraConfig;
  readonly #kinds = new Map<string, "cloud" | "data_center">();
  readonly #cloudIds = new Map<string, string>();

  constructor(config: JiraConfig) {
    this.#config = config;
  }

  async open(io: Io): Promise<Jira | Later> {
    const access = await readAccess(this.#config, io);
    if (access.kind === "later") return access;
    const kind = await this.#kindOf(access, io);
    if (typeof kind !== "string") return kind;
    const trouble = tokenTrouble(kind, access);
    if (trouble !== null) return trouble;
    if (kind === "data_center") return { kind: "jira", isCloud: false, access, base: `${access.site}/rest/api/2` };
    const root = await this.#rootOf(access, io);
    if (typeof root !== "string") return root;
    return { kind: "jira", isCloud: true, access, base: `${root}/rest/api/3` };
  }

  async #kindOf(access: Access, io: Io): Promise<"cloud" | "data_center" | Later> {
    const { deployment, gateway } = this.#config;
    if (deployment !== undefined) return deployment;
    if (gateway !== false) return "cloud";
    const known = this.#kinds.get(access.site);
    if (known !== undefined) return known;
    const door = { access, base: access.site };
    const read = await readJira(io, door, "what it is", { method: "GET", path: "/rest/api/2/serverInfo" });
    if (read.kind === "later") return read;
    const type = read.kind === "read" ? textIn(read.json, "deploymentType") : null;
    if (type === null) {
      const says = read.kind === "missing" ? `: ${read.evidence}` : "";
      return later(
        "destination_gone",
        "destination",
        null,
        `no Jira answers at \`url\`${says}; look whether it is right`,
      );
    }
    const kind = type === "Cloud" ? "cloud" : "data_center";
    this.#kinds.set(access.site, kind);
    return kind;
  }

  /** Where a token with scopes is taken: the gateway, by the site's id. */
  async #rootOf(access: Access, io: Io): Promise<string | Later> {
    const { gateway, cloud_id } = this.#config;
    if (gateway === false) return access.site;
    const origin = gateway === true ? "https://api.atlassian.com" : gateway.replace(/\/+$/, "");
    const id = cloud_id ?? this.#cloudIds.get(access.site) ?? (await this.#askCloudId(access, io));
    return typeof id === "string" ? `${origin}/ex/jira/${id}` : id;
  }

  async #askCloudId(access: Access, io: Io): Promise<string | Later> {
    const door = { access, base: access.site };
    const read = await readJira(io, door, "its cloud id", { method: "GET", path: "/_edge/tenant_info" });
    if (read.kind === "later") return read;
    const id = read.kind === "read" ? textIn(read.json, "cloudId") : null;
    if (id === null || !/^[0-9A-Za-z-]{1,64}$/.test(id)) {
      const says = "the site does not say its id, which `gateway` needs: write it down as `cloud_id`";
      return later("destination_gone", "destination", null, says);
    }
    this.#cloudIds.set(access.site, id);
    return id;
  }
}

function tokenTrouble(kind: "cloud" | "data_center", { isBasic }: Access): Later | null {
  if (kind === "cloud" && !isBasic) {
    const says =
      "this is Jira Cloud, which takes an API token together with the e-mail address of its owner: write `email`";
    return later("unauthorized", "destination", null, says);
  }
  if (kind === "data_center" && isBasic) {
    const says = "this is Jira Data Center, whose personal access token stands alone: leave out `email`";
    return later("unauthorized", "destination", null, says);
  }
  return null;
}
