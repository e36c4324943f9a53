import { digestOf } from "../../core/digest.ts";
import type { Picture } from "../../core/picture.ts";
import type { Receipt } from "../../core/receipt.ts";
import { coarse } from "../coarse.ts";
import type { Step, StepWords } from "../connector.ts";
import { untoldMoments } from "../telling.ts";
import { attachmentOf, fileNameOf, playbookAttachment, playbookFileName, type Attachment } from "./attachment.ts";
import { commentOf } from "./comment.ts";
import type { JiraConfig } from "./config.ts";
import type { NewComment, NewFile, NewTicket, PlainStep, TicketText } from "./step-body.ts";
import { filled } from "./template.ts";
import { ticketOf, type Ticket } from "./ticket.ts";
import { nextTwinStep } from "./twins.ts";

/**
 * One ticket for an incident, then what is second of it put away, then its text as things are now, then its status,
 * then one comment for all moments that wait, and when nothing else is left to say the alerts and the playbook as
 * files. A step done again is the one that got no answer, which a ticket that has moved on meanwhile must not turn into
 * another: of what is there already only comments and files are not safe to repeat.
 */
export function nextStep(config: JiraConfig, picture: Picture, receipt: Receipt | null, words: StepWords): Step | null {
  if (receipt === null) return createStep(config, picture, words);
  const comment = commentStep(picture, receipt, words);
  const attach = attachStep(config, picture, receipt, words);
  if (words.repeat && (comment ?? attach) !== null) return comment ?? attach;
  return (
    nextTwinStep(receipt, picture.incident.id, words) ??
    editStep(config, picture, receipt, words) ??
    statusStep(config, picture, receipt, words) ??
    comment ??
    attach
  );
}

function createStep(config: JiraConfig, picture: Picture, words: StepWords): Step | null {
  const last = picture.moments.at(-1);
  if (last === undefined) return null;
  const { id, severity } = picture.incident;
  const ticket = ticketIn(config, picture, words);
  const body: NewTicket = {
    incident: id,
    summary: ticket.summary,
    blocks: ticket.blocks,
    labels: ticket.labels,
    priority: ticket.priority,
    fields: Object.fromEntries(Object.entries(config.fields).map(([name, value]) => [name, filled(value, picture)])),
  };
  return {
    action: "create",
    safeToRepeat: false,
    plan: {
      momentsTold: last.n,
      headDigest: written({ text: textDigest(config, picture), severity, status: "open", files: [] }),
    },
    anchor: null,
    mark: words.mark,
    body: JSON.stringify(body),
  };
}

function editStep(config: JiraConfig, picture: Picture, receipt: Receipt, { mark }: StepWords): Step | null {
  const { id, severity } = picture.incident;
  const shown = headIn(receipt.headDigest);
  const text = textDigest(config, picture);
  if (shown?.text === text && shown.severity === severity) return null;
  const ticket = ticketIn(config, picture, { mark, repeat: false });
  const body: TicketText = {
    incident: id,
    mark: mark.replace(/-\d+$/, "-1"),
    summary: ticket.summary,
    blocks: ticket.blocks,
    // People set a priority by hand and mean it: ours goes with our severity, and only when that changes.
    priority: shown?.severity === severity ? null : ticket.priority,
  };
  return {
    action: "edit",
    safeToRepeat: true,
    plan: {
      momentsTold: receipt.momentsTold,
      headDigest: written({ text, severity, status: shown?.status ?? "unknown", files: shown?.files ?? [] }),
    },
    anchor: receipt.remote.anchor,
    mark,
    body: JSON.stringify(body),
  };
}

function statusStep(config: JiraConfig, picture: Picture, receipt: Receipt, { mark }: StepWords): Step | null {
  const { id, state } = picture.incident;
  const shown = headIn(receipt.headDigest);
  if (shown === null) return null;
  const wanted = state === "resolved" ? "done" : "open";
  if (shown.status === wanted || (wanted === "done" ? config.resolve : config.reopen) === undefined) return null;
  // A ticket is made open: there is something to open again only where an incident came back.
  // Who acknowledges what is held back again opens it without a word of its own.
  if (wanted === "open" && !picture.moments.some(({ kind }) => kind === "reopened" || kind === "resolved")) return null;
  const body: PlainStep = { incident: id };
  return {
    action: wanted === "done" ? "resolve" : "reopen",
    safeToRepeat: true,
    plan: { momentsTold: receipt.momentsTold, headDigest: written({ ...shown, status: wanted }) },
    anchor: receipt.remote.anchor,
    mark,
    body: JSON.stringify(body),
  };
}

function commentStep(picture: Picture, receipt: Receipt, { mark, repeat }: StepWords): Step | null {
  const untold = untoldMoments(picture, receipt);
  const last = untold.at(-1);
  if (last === undefined) return null;
  const body: NewComment = { incident: picture.incident.id, blocks: commentOf(untold, picture, repeat) };
  return {
    action: "comment",
    safeToRepeat: false,
    plan: { momentsTold: last.n, headDigest: receipt.headDigest },
    anchor: receipt.remote.anchor,
    mark,
    body: JSON.stringify(body),
  };
}

/** Without a head nobody knows whether it is there: it is looked for before it is attached, so it never is twice. */
function attachStep(config: JiraConfig, picture: Picture, receipt: Receipt, { mark }: StepWords): Step | null {
  const shown = headIn(receipt.headDigest);
  if (!config.attach || shown === null) return null;
  const next = nextFile(picture, shown.files);
  if (next === null) return null;
  const { fileName, contentType, text } = next.attachment;
  const body: NewFile = { incident: picture.incident.id, fileName, contentType, text };
  return {
    action: next.file === "file" ? "attach" : "attach_playbook",
    safeToRepeat: false,
    plan: { momentsTold: receipt.momentsTold, headDigest: written({ ...shown, files: [...shown.files, next.file] }) },
    anchor: receipt.remote.anchor,
    mark,
    body: JSON.stringify(body),
  };
}

/** Each once: what people have read must not change under their hands. */
function nextFile(picture: Picture, there: readonly HeadFile[]): { file: HeadFile; attachment: Attachment } | null {
  const { guidance } = picture;
  if (!there.includes("file")) return { file: "file", attachment: attachmentOf(picture) };
  if (guidance?.kind !== "guidance" || there.includes("playbook")) return null;
  return { file: "playbook", attachment: playbookAttachment(picture, guidance) };
}

function ticketIn(config: JiraConfig, picture: Picture, words: StepWords): Ticket {
  return ticketOf(picture, words, {
    wazuhDashboard: config.wazuh_dashboard ?? null,
    labels: config.labels,
    priorities: prioritiesOf(config),
    fileName: config.attach ? fileNameOf(picture.incident.id) : null,
    playbookFile: config.attach ? playbookFileName(picture.incident.id) : null,
    leftOut: [],
  });
}

function prioritiesOf({ priority }: JiraConfig) {
  return Object.fromEntries(Object.entries(priority).filter(([, name]) => name !== undefined));
}

/**
 * Digest of the text as it is worth an edit. A flood of alerts changes its count with each of them, and each edit is a
 * line in the ticket's history and a mail to whoever watches it: of an open incident two digits of the count and five
 * minutes of the time count as the same. Once it is over the last word is exact.
 */
function textDigest(config: JiraConfig, picture: Picture): string {
  return digestOf(ticketIn(config, coarse(picture), { mark: "", repeat: false }).digest);
}

interface Head {
  readonly text: string;
  readonly severity: string;
  readonly status: "open" | "done" | "unknown";
  /** That of the alerts, and then that of the playbook. */
  readonly files: readonly HeadFile[];
}

type HeadFile = "file" | "playbook";

function written({ text, severity, status, files }: Head): string {
  return [text, severity, status, ...files].join(".");
}

/** Null: what the ticket shows is not known, and all of it is made again. */
function headIn(digest: string | null): Head | null {
  const [text = "", severity = "", status = "", ...files] = digest?.split(".") ?? [];
  if (status !== "open" && status !== "done" && status !== "unknown") return null;
  return { text, severity, status, files: files.filter((file) => file === "file" || file === "playbook") };
}
