import { Agent as AgentOfUndici } from "undici";
import { expect, test } from "vitest";
import { Agent } from "./undici-agent.ts";

test("the agent is the one that the package offers", () => {
  expect(Agent).toBe(AgentOfUndici);
});
