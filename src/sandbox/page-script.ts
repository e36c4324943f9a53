// What runs in the browser. It gets trees that were read on the server and builds nodes: text is only ever set as text.
export const PAGE_SCRIPT = String.raw`"use strict";
const KEPT = 200;
const byId = (id) => document.getElementById(id);

function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  for (const child of children) node.append(typeof child === "string" ? document.createTextNode(visible(child)) : child);
  return node;
}

// Control characters get their Unicode picture, and marks that turn the reading order become visible.
function visible(text) {
  return text
    .replace(/[\u0000-\u0008\u000b-\u001f]/g, (mark) => String.fromCharCode(0x2400 + mark.charCodeAt(0)))
    .replace(/\u007f/g, "\u2421")
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}

function link(href, text) {
  const node = make("a", "", text);
  if (!/^https?:\/\//.test(href)) return make("span", "", text);
  node.setAttribute("href", href);
  node.setAttribute("rel", "noopener noreferrer");
  node.setAttribute("target", "_blank");
  return node;
}

function spanNode(span) {
  switch (span.kind) {
    case "text": return document.createTextNode(visible(span.text));
    case "code": return make("code", "", span.text);
    case "pre": return make("pre", "", span.text);
    case "link": return link(span.href, span.text);
    case "mention": return make("span", "mention", span.text);
    case "bold": return make("strong", "", ...span.children.map(spanNode));
    case "italic": return make("em", "", ...span.children.map(spanNode));
    case "strike": return make("s", "", ...span.children.map(spanNode));
    case "quote": return make("blockquote", "", ...span.children.map(spanNode));
  }
  return document.createTextNode("");
}

function fieldNode(field) {
  const node = make("div", field.short ? "field" : "field wide");
  if (field.title) node.append(make("strong", "field-title", field.title));
  node.append(make("div", "", ...field.spans.map(spanNode)));
  return node;
}

function partNode(part) {
  switch (part.kind) {
    case "header": return make("h3", "said-header", part.text);
    case "text": return make("div", "said", ...part.spans.map(spanNode));
    case "title": return make("h3", "said-title", part.href ? link(part.href, part.text) : part.text);
    case "fields": return make("div", "fields", ...part.fields.map(fieldNode));
    case "context": return make("div", "context", ...part.items.map((item) => make("span", "", ...item.map(spanNode))));
    case "divider": return make("hr", "");
    case "buttons": return make("div", "buttons", ...part.labels.map((label) => make("span", "button", label)));
    case "attachment": {
      const node = make("div", "attachment", ...part.parts.map(partNode));
      node.style.setProperty("--bar", part.colour);
      return node;
    }
  }
  return document.createTextNode("");
}

function timeNode(at) {
  const node = make("time", "", new Date(at).toLocaleTimeString());
  node.setAttribute("datetime", new Date(at).toISOString());
  return node;
}

function messageNode(message) {
  const face = make("span", "face", "R");
  face.setAttribute("aria-hidden", "true");
  const who = make("p", "who", make("strong", "", "Riposte"), make("span", "app", "APP"), timeNode(message.at));
  return make("li", "message", face, make("div", "body", who, ...message.parts.map(partNode)));
}

function ticketNode(ticket) {
  const top = make("p", "ticket-top", make("span", "key", ticket.key), make("span", "type", ticket.type), timeNode(ticket.at));
  const node = make("li", "ticket", top, make("h3", "summary", ticket.summary));
  if (ticket.description) node.append(make("pre", "description", ticket.description.trimEnd()));
  if (ticket.extra.length > 0) {
    const rows = ticket.extra.flatMap((field) => [make("dt", "", field.name), make("dd", "", field.value)]);
    node.append(make("details", "extra", make("summary", "", ticket.extra.length === 1 ? "1 more field sent" : ticket.extra.length + " more fields sent"), make("dl", "", ...rows)));
  }
  return node;
}

function addTo(list, nodes) {
  for (const node of nodes) list.prepend(node);
  while (list.childElementCount > KEPT) list.lastElementChild.remove();
}

function times(count) {
  return count === 1 ? "once" : count + " times";
}

function setText(id, text) {
  const node = byId(id);
  const shown = visible(text);
  if (node.textContent !== shown) node.textContent = shown;
}

function show(board) {
  const messages = byId("message-list");
  const tickets = byId("ticket-list");
  if (board.whole) {
    messages.replaceChildren();
    tickets.replaceChildren();
  }
  addTo(messages, board.messages.map(messageNode));
  addTo(tickets, board.tickets.map(ticketNode));
  byId("no-messages").hidden = messages.childElementCount > 0;
  byId("no-tickets").hidden = tickets.childElementCount > 0;
  const totals = board.totals;
  setText("alerts", totals.alertsFed.toLocaleString());
  setText("messages", totals.messages.toLocaleString());
  setText("tickets", totals.tickets.toLocaleString());
  if (totals.lastEvent) setText("last", totals.lastEvent.what + " at " + new Date(totals.lastEvent.at).toLocaleTimeString());
  setText("pace", totals.slackTooFast === 0 ? "Slack, newest first" : "Slack, newest first; asked for a slower pace " + times(totals.slackTooFast));
  setText("runs", totals.failedRuns === 0 ? "Tickets, newest first" : "Tickets, newest first; the rule failed " + times(totals.failedRuns) + ": " + totals.lastFailedRun);
}

function live(text, on) {
  setText("live", text);
  byId("live").className = on ? "live on" : "live";
}

const events = new EventSource("/events");
events.addEventListener("open", () => live("Live", true));
events.addEventListener("error", () => live("Not connected. Is npm start still running?", false));
events.addEventListener("board", (event) => show(JSON.parse(event.data)));
`;
