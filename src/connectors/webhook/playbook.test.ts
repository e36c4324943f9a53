import { expect, test } from "vitest";
import { agentLost, bruteForce } from "../../../test/fixtures/pictures.ts";
import { guided, playbookFrom } from "../../../test/fixtures/playbooks.ts";
import type { Picture } from "../../core/picture.ts";
import { webhookBody } from "./body.ts";

function playbookIn(picture: Picture): unknown {
  const body = webhookBody(picture, picture.moments, { mark: "rp-test-12-soc-1", repeat: false });
  return (JSON.parse(body) as { playbook?: unknown }).playbook;
}

const playbook = playbookFrom(`---
title: Guessing
---
About {{ agent.name }}.

1. Lock \`{{ data.dstuser }}\`.

   \`\`\`sh agent
   passwd -l {{ data.dstuser }}
   \`\`\`

   \`\`\`powershell agent
   Disable-LocalUser -Name {{ data.win.user }}
   \`\`\`
`);

test("a receiver gets the steps as data, each command with where it runs and for which shell", () => {
  expect(playbookIn(guided(bruteForce(), playbook))).toEqual({
    name: "under-test",
    title: "Guessing",
    before: ["About web-01."],
    steps: [
      {
        n: 1,
        parts: [
          { text: "Lock deploy." },
          { where: "agent", shell: "sh", command: "passwd -l 'deploy'" },
          { where: "windows", shell: "powershell", command: null, why: "data.win.user: not in this alert" },
        ],
      },
    ],
  });
});

test("where the policy has none there is none, and one that can't be read says so", () => {
  expect(playbookIn(agentLost())).toBeUndefined();
  const unreadable = { kind: "unreadable", name: "mine", says: "line 3: what" } as const;
  expect(playbookIn({ ...agentLost(), guidance: unreadable })).toEqual({ name: "mine", unreadable: "line 3: what" });
});
