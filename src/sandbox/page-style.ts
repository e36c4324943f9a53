// The page's looks, light and dark, from 390 px up.
export const PAGE_STYLE = `
:root {
  --page: #f4f5f7; --card: #ffffff; --ink: #1d2025; --soft: #5c636e; --line: #dfe2e7; --accent: #0f766e;
  --link: #1264a3; --code-ink: #b3261e; --code-page: #f6f6f8; --mention: #fff3c4; --mention-ink: #7a5200; --fresh: #e6f4f1;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #15171b; --card: #1d2025; --ink: #e6e8eb; --soft: #9ba3af; --line: #32373f; --accent: #5ecfc1;
    --link: #6cb4ee; --code-ink: #f2a29b; --code-page: #272b32; --mention: #4a3c10; --mention-ink: #ffd97a; --fresh: #1d3533;
  }
}
* { box-sizing: border-box; }
html, body { height: 100%; }
body {
  margin: 0; display: flex; flex-direction: column; background: var(--page); color: var(--ink);
  font: 15px/1.46 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
h1, h2, h3, p, dl, dd, ol { margin: 0; padding: 0; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible, .scroll:focus-visible, pre:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; border-radius: 4px; }

.top { padding: 14px 20px 12px; background: var(--card); border-bottom: 1px solid var(--line); }
.top-line { display: flex; align-items: baseline; justify-content: space-between; gap: 16px; }
h1 { font-size: 19px; letter-spacing: -0.01em; }
h1 span { color: var(--soft); font-weight: 500; }
.about { color: var(--soft); }
.live { color: var(--soft); font-size: 13px; text-align: right; }
.live::before { content: ""; display: inline-block; width: 8px; height: 8px; margin-right: 6px; border-radius: 50%; background: #d97706; }
.live.on::before { background: #16a34a; }
.totals { display: flex; flex-wrap: wrap; gap: 4px 26px; margin-top: 8px; }
.totals div { display: flex; flex-direction: row-reverse; justify-content: flex-end; align-items: baseline; gap: 6px; }
.totals .last { flex-direction: row; justify-content: flex-start; }
.totals dt { color: var(--soft); font-size: 13px; }
.totals dt a { color: inherit; }
.totals dd { font-weight: 600; font-variant-numeric: tabular-nums; }
.totals .last dd { font-weight: 400; overflow-wrap: anywhere; }

main { flex: 1; min-height: 0; display: grid; grid-template-columns: minmax(0, 11fr) minmax(0, 9fr); gap: 16px; padding: 16px 20px; }
.column { display: flex; flex-direction: column; min-height: 0; background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
.column-name { padding: 10px 16px; border-bottom: 1px solid var(--line); }
.column-name h2 { font-size: 16px; }
.column-name h2 span { color: var(--soft); font-weight: 400; margin-right: 2px; }
.column-name p { color: var(--soft); font-size: 13px; overflow-wrap: anywhere; }
.scroll, .description { overflow-y: auto; scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
.scroll { flex: 1; min-height: 0; overscroll-behavior: contain; }
.empty { max-width: 46ch; margin: 0 auto; padding: 40px 20px; color: var(--soft); text-align: center; }
.list { list-style: none; }
.list > li { animation: arrive 2.4s ease-out; }
@keyframes arrive { from { background: var(--fresh); } }
@media (prefers-reduced-motion: reduce) { .list > li { animation: none; } }
time { color: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }

.message { display: flex; gap: 10px; padding: 12px 16px; }
.message + .message { border-top: 1px solid var(--line); }
.face { flex: none; display: grid; place-items: center; width: 36px; height: 36px; border-radius: 8px; background: #0f766e; color: #fff; font-weight: 700; }
.body { flex: 1; min-width: 0; overflow-wrap: anywhere; }
.who { display: flex; align-items: baseline; gap: 6px; }
.app { padding: 0 4px; border-radius: 3px; background: var(--code-page); color: var(--soft); font-size: 10px; font-weight: 700; }
.said, .field, .context, .summary { white-space: pre-wrap; unicode-bidi: isolate; }
.said { margin: 2px 0; }
.said-header { margin: 4px 0 2px; font-size: 17px; line-height: 1.3; }
.said-title { font-size: 15px; }
.attachment { margin: 6px 0 2px; padding: 2px 0 2px 12px; border-left: 4px solid var(--bar); border-radius: 2px; }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(230px, 1fr)); gap: 6px 16px; margin: 6px 0; }
.field.wide { grid-column: 1 / -1; }
.field-title { display: block; font-size: 13px; }
.context { display: flex; flex-wrap: wrap; gap: 2px 12px; margin: 4px 0; color: var(--soft); font-size: 13px; }
.buttons { display: flex; flex-wrap: wrap; gap: 8px; margin: 6px 0; }
.button { padding: 3px 10px; border: 1px solid var(--line); border-radius: 6px; font-size: 13px; font-weight: 600; }
.mention { padding: 0 2px; border-radius: 3px; background: var(--mention); color: var(--mention-ink); font-weight: 600; }
code, pre { font: 12.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
code { box-decoration-break: clone; -webkit-box-decoration-break: clone; padding: 1px 4px; border: 1px solid var(--line); border-radius: 4px; background: var(--code-page); color: var(--code-ink); }
pre { margin: 4px 0; padding: 8px 10px; border: 1px solid var(--line); border-radius: 6px; background: var(--code-page); white-space: pre-wrap; overflow-wrap: anywhere; }
blockquote { margin: 2px 0; padding-left: 10px; border-left: 4px solid var(--line); }
hr { margin: 8px 0; border: 0; border-top: 1px solid var(--line); }

.jira .list { padding: 12px; display: grid; gap: 10px; }
.ticket { min-width: 0; padding: 10px 12px; border: 1px solid var(--line); border-radius: 8px; overflow-wrap: anywhere; }
.ticket-top { display: flex; align-items: baseline; gap: 8px; }
.ticket-top time { margin-left: auto; }
.key { color: var(--link); font-size: 13px; font-weight: 600; }
.type { padding: 0 7px; border: 1px solid var(--line); border-radius: 9px; color: var(--soft); font-size: 12px; }
.summary { margin: 2px 0 4px; font-size: 15px; line-height: 1.35; }
.description { max-height: 22em; }
.extra { color: var(--soft); font-size: 13px; }
.extra summary { cursor: pointer; }
.extra dl { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 2px 12px; padding-top: 4px; }

@media (max-width: 800px) {
  html, body { height: auto; }
  .top { padding: 12px 14px; }
  main { grid-template-columns: minmax(0, 1fr); gap: 12px; padding: 12px 10px; }
  .scroll { max-height: 72vh; }
  .message { padding: 10px 12px; }
}
`;
