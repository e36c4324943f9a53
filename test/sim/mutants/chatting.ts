import type { Mutant } from "./mutant.ts";

/** Bugs in what stands in Slack in the end: second messages, lost ones, old stories. */
export const CHATTING: readonly Mutant[] = [
  {
    name: "the mark of a Slack message is not looked for",
    invariants: [3, 6],
    file: "src/connectors/slack/find-message.ts",
    find: "markIn(message) !== mark)",
    replace: "markIn(message) !== mark.slice(1))",
  },
  {
    name: "a Slack message that somebody deleted counts as edited",
    invariants: [3, 6],
    file: "src/connectors/slack/slack-app.ts",
    find: "    if (isGone(called)) return gone(step);\n    if (isUneditable(called))",
    replace: "    if (isGone(called) || isUneditable(called))",
  },
  {
    name: "what has gone over to another thing counts as told all the same",
    invariants: [2, 3, 6],
    file: "src/core/settle.ts",
    find: "work.wanted <= attempt.revision && !isElsewhere;",
    replace: "work.wanted <= attempt.revision && (true || isElsewhere);",
  },
  {
    name: "a second copy of a Slack message stays",
    invariants: [3, 6],
    file: "src/connectors/slack/slack-app.ts",
    find: 'const called = await callSlack(io, access, { method: "chat.delete", json: step.body });',
    replace:
      'if (step.body !== "") return done("deleted");\n    const called = await callSlack(io, access, { method: "chat.delete", json: step.body });',
  },
  {
    name: "a Slack message that is edited loses its mark",
    invariants: [3, 6],
    file: "src/connectors/slack/app-next.ts",
    find: "metadata: marked(bears)",
    replace: "metadata: marked(anchor.step > 0 ? mark : bears)",
  },
  {
    name: "Slack is never told that the ticket is there",
    invariants: [6],
    file: "src/core/elsewhere.ts",
    find: "return publish(view, about, { moment: null }, context);",
    replace: "return about.id < 0 ? publish(view, about, { moment: null }, context) : [];",
  },
  {
    name: "the first message in Slack knows nothing of the ticket that is there already",
    invariants: [6],
    file: "src/store/claim.ts",
    find: "receipts.some((receipt) => receipt.destination !== destination)",
    replace: "receipts.length > 1",
  },
  {
    name: "a slowed-down edit in Slack keeps nothing from being edited",
    invariants: [5],
    file: "src/connectors/slack/slack-app.ts",
    find: 'judgeWrite(called, "asked to edit a message", "action", "work")',
    replace: 'judgeWrite(called, "asked to edit a message", "work", "work")',
  },
  {
    name: "a press that Slack delivers again after a restart is done again",
    invariants: [14],
    file: "src/core/silencing.ts",
    find: "return silenceChanges === ifChanges ? null :",
    replace: "return silenceChanges >= ifChanges ? null :",
  },
  {
    name: "whoever is of another workspace may press",
    invariants: [14],
    file: "src/connectors/slack/people.ts",
    find: 'if (people === "everyone") return !person.isGuest;',
    replace: 'if (people === "everyone") return true;',
  },
  {
    name: "a message says for ever that its incident is silenced",
    invariants: [6],
    file: "src/engine/draft.ts",
    find: "return silence === null || receipt === null ? thought : keepHushed(thought, work, silenced(silence));",
    replace: "return silence === null || receipt !== null ? thought : keepHushed(thought, work, silenced(silence));",
  },
  {
    name: "a step that was ticked off is not shown where it was told",
    invariants: [6],
    file: "src/core/handle.ts",
    find: "return { woken: publish(view, changed, { moment: null, byPerson: true }, context), refused: null };",
    replace:
      "view.putIncident(changed);\n  return { woken: context.now < 0 ? publish(view, changed, { moment: null, byPerson: true }, context) : [], refused: null };",
  },
  {
    name: "what is not told counts no more where it was told",
    invariants: [6],
    tests: "src/engine/shown-silence.test.ts",
    file: "src/core/tell.ts",
    find: "const askedAt = hasMoment || !isNew ?",
    replace: "const askedAt = hasMoment ?",
  },
];
