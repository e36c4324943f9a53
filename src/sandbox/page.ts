// The page's frame. Everything that comes from an alert is put in by the script, as text.
import { PAGE_SCRIPT } from "./page-script.ts";
import { PAGE_STYLE } from "./page-style.ts";

export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

export function page(nonce: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Riposte sandbox</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%230f766e'/%3E%3Cpath d='M4 12 12 4M8.5 4H12v3.5' stroke='white' stroke-width='2' fill='none' stroke-linecap='round' stroke-linejoin='round'/%3E%3C/svg%3E">
<style nonce="${nonce}">${PAGE_STYLE}</style>
</head>
<body>
<header class="top">
  <div class="top-line">
    <h1>Riposte <span>sandbox</span></h1>
    <p class="live" id="live" role="status">Connecting …</p>
  </div>
  <p class="about">Made-up Wazuh alerts go in; the Slack channel and the Jira project below are stand-ins on this machine. Nothing leaves it.</p>
  <dl class="totals">
    <div><dt>alerts fed</dt><dd id="alerts">0</dd></div>
    <div><dt><a href="#channel">messages</a></dt><dd id="messages">0</dd></div>
    <div><dt><a href="#project">tickets</a></dt><dd id="tickets">0</dd></div>
    <div class="last"><dt>last event</dt><dd id="last" aria-live="polite">none yet</dd></div>
  </dl>
</header>
<main>
  <section class="column slack" id="channel" aria-labelledby="channel-name">
    <header class="column-name">
      <h2 id="channel-name"><span aria-hidden="true">#</span>security-alerts</h2>
      <p id="pace">Slack, newest first</p>
    </header>
    <div class="scroll" tabindex="0" role="region" aria-label="Messages in security-alerts">
      <p class="empty" id="no-messages">Quiet so far. The first stories begin within two seconds of the start; once Riposte has made incidents of them, a message about each appears here, usually within 15 seconds.</p>
      <ol class="list" id="message-list" reversed></ol>
    </div>
  </section>
  <section class="column jira" id="project" aria-labelledby="project-name">
    <header class="column-name">
      <h2 id="project-name">Jira project SEC</h2>
      <p id="runs">Tickets, newest first</p>
    </header>
    <div class="scroll" tabindex="0" role="region" aria-label="Tickets in project SEC">
      <p class="empty" id="no-tickets">No ticket yet. Only what someone has to work on becomes one: guessed passwords, a login that worked after many failures, a dropped program.</p>
      <ol class="list" id="ticket-list" reversed></ol>
    </div>
  </section>
</main>
<noscript><p class="empty">This page needs its script to show anything; /api/state has the same as JSON.</p></noscript>
<script nonce="${nonce}">${PAGE_SCRIPT}</script>
</body>
</html>
`;
}
