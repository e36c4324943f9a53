import { expect, it } from "vitest";
import { openDestinations } from "./destinations.ts";
import { connectors } from "./index.ts";

it.each(connectors.map(({ type }) => type))(
  "a destination of type %s can be opened from its settings alone",
  (type) => {
    // Nothing of a config is looked at before something is asked of the destination, but for Jira's, which has parts.
    const config = { url: "https://jira.example", token: { env: "T" }, timeout: 10 };

    expect(openDestinations([{ name: "x", type, config }]).get("x")).toHaveProperty("perform");
  },
);

it("a type that no connector has is a bug, and is named", () => {
  expect(() => openDestinations([{ name: "x", type: "pager", config: {} }])).toThrow(
    "destination x has a type that no connector has: pager",
  );
});
