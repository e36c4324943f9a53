import { jsonAnswer, textAnswer, type VendorAnswer } from "../vendor.ts";
import { actor, isVisible, issueToChange, noContent, Refused, refusal, type Call, type Route } from "./call.ts";
import { attachmentJson } from "./issue-json.ts";
import type { JiraAttachment, JiraIssue } from "./issue.ts";
import { readMultipart } from "./multipart.ts";

export const attachmentRoutes: readonly Route[] = [
  { method: "GET", path: "/attachment/meta", run: meta },
  { method: "GET", path: "/attachment/content/{attachment}", only: "Cloud", run: content },
  { method: "GET", path: "/attachment/{attachment}", run: read },
  { method: "DELETE", path: "/attachment/{attachment}", run: remove },
  { method: "POST", path: "/issue/{issue}/attachments", run: add },
];

function meta(call: Call): VendorAnswer {
  return jsonAnswer(200, { enabled: true, uploadLimit: call.site.maxAttachmentBytes });
}

/** The same file twice is two files of one name. */
function add(call: Call): VendorAnswer {
  if (call.request.headers["x-atlassian-token"] !== "no-check") {
    throw new Refused(textAnswer(403, "XSRF check failed"));
  }
  const issue = issueToChange(call, "CREATE_ATTACHMENTS", "attach files to this issue");
  const files = readMultipart(call.request)?.filter((part) => part.name === "file") ?? [];
  if (files.length === 0) throw refusal(400, ["No file was attached: the part has to be called 'file'."]);
  const tooLarge = files.find(({ content: text }) => Buffer.byteLength(text) > call.site.maxAttachmentBytes);
  if (tooLarge !== undefined) {
    throw refusal(413, [
      `The file '${tooLarge.filename}' exceeds its maximum permitted size of ${call.site.maxAttachmentBytes} bytes.`,
    ]);
  }
  const made = files.map((file): JiraAttachment => {
    return {
      id: call.site.nextId(),
      filename: file.filename,
      mimeType: file.mimeType,
      content: file.content,
      sizeBytes: Buffer.byteLength(file.content),
      author: actor(call),
      createdAt: call.nowMs,
    };
  });
  issue.attachments.push(...made);
  call.site.touch(issue, call.nowMs);
  return jsonAnswer(
    200,
    made.map((each) => attachmentJson(call, each)),
  );
}

function read(call: Call): VendorAnswer {
  return jsonAnswer(200, attachmentJson(call, found(call).attachment));
}

function content(call: Call): VendorAnswer {
  const { attachment } = found(call);
  return { status: 200, headers: { "content-type": attachment.mimeType }, body: attachment.content };
}

function remove(call: Call): VendorAnswer {
  const { issue, attachment } = found(call);
  issue.attachments.splice(issue.attachments.indexOf(attachment), 1);
  call.site.touch(issue, call.nowMs);
  return noContent();
}

function found(call: Call): { issue: JiraIssue; attachment: JiraAttachment } {
  const id = call.params["attachment"] ?? "";
  for (const issue of call.site.issues) {
    const attachment = issue.attachments.find((each) => each.id === id);
    if (attachment !== undefined && isVisible(call, issue)) return { issue, attachment };
  }
  throw refusal(404, [`The attachment with id '${id}' does not exist.`]);
}
