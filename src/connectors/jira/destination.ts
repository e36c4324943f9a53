import type { Later, Look, Outcome } from "../../core/outcome.ts";
import type { Destination, Io, Lost, Probe, Seen, Step } from "../connector.ts";
import type { JiraConfig } from "./config.ts";
import { attach, FileTerms } from "./attach.ts";
import { create } from "./create.ts";
import { Deployments } from "./deployment.ts";
import { diagnose } from "./diagnose.ts";
import { edit } from "./edit.ts";
import { findLost } from "./find.ts";
import { KnownKeys } from "./known-keys.ts";
import { Metas } from "./meta.ts";
import { nextStep } from "./next.ts";
import { survey } from "./survey.ts";
import { tellComment } from "./tell-comment.ts";
import { reopen, resolve } from "./transition.ts";
import { closeTwin, deleteTwin, markTwin } from "./twins.ts";

/** Everything that is asked once and remembered hangs on this: what the site is, what its fields are, how far its keys go. */
export class JiraDestination implements Destination {
  readonly #config: JiraConfig;
  readonly #deployments: Deployments;
  readonly #metas: Metas;
  readonly #fileTerms = new FileTerms();
  readonly #keys = new KnownKeys();

  constructor(config: JiraConfig) {
    this.#config = config;
    this.#deployments = new Deployments(config);
    this.#metas = new Metas(config);
  }

  next(...[picture, receipt, words]: Parameters<Destination["next"]>): Step | null {
    return nextStep(this.#config, picture, receipt, words);
  }

  async perform(step: Step, io: Io): Promise<Outcome> {
    const site = await this.#deployments.open(io);
    if (site.kind === "later") return site;
    const config = this.#config;
    switch (step.action) {
      case "create": {
        const outcome = await create(site, step, config, this.#metas, io);
        if (outcome.kind === "done") this.#keys.saw(site, outcome.remote.url?.split("/").at(-1) ?? "");
        return outcome;
      }
      case "edit":
        return edit(site, step, config, io);
      case "resolve":
        return resolve(site, step, config, io);
      case "reopen":
        return reopen(site, step, config, io);
      case "attach":
      case "attach_playbook":
        return attach(site, step, config, this.#fileTerms, io);
      case "comment":
        return tellComment(site, step, config, io);
      case "mark_twin":
        return markTwin(site, step, config, io);
      case "close_twin":
        return closeTwin(site, step, config, io);
      case "delete_twin":
        return deleteTwin(site, step, config, io);
      default:
        throw new Error(`no such step: ${step.action}`);
    }
  }

  async find(lost: Lost, io: Io): Promise<Look> {
    const site = await this.#deployments.open(io);
    return site.kind === "later" ? site : findLost(site, lost, this.#config, this.#keys, io);
  }

  async survey(anchors: readonly string[], io: Io): Promise<readonly Seen[] | Later> {
    const site = await this.#deployments.open(io);
    return site.kind === "later" ? site : survey(site, anchors, io);
  }

  async probe(io: Io): Promise<Probe> {
    const findings = await diagnose(this.#config, io);
    const failed = findings.filter(({ ok }) => !ok);
    const said = failed.length === 0 ? findings : failed;
    const reason = failed.find((finding) => finding.reason !== undefined)?.reason;
    const says = said.map((finding) => finding.says).join("; ");
    return { ok: failed.length === 0, says, ...(reason !== undefined && { reason }) };
  }
}
