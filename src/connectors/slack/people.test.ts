import { expect, test } from "vitest";
import { mayAct, nameOfPerson } from "./people.ts";

const ana = { id: "U0123456789", name: "ana", isGuest: false };

test("nobody may act who is not named, and with everyone whoever is of the workspace", () => {
  expect(mayAct({}, ana)).toBe(false);
  expect(mayAct({ people: ["U0999999999"] }, ana)).toBe(false);
  expect(mayAct({ people: ["U0123456789"] }, ana)).toBe(true);
  expect(mayAct({ people: { U0123456789: "Ana" } }, ana)).toBe(true);
  expect(mayAct({ people: "everyone" }, ana)).toBe(true);
  expect(mayAct({ people: "everyone" }, { ...ana, isGuest: true })).toBe(false);
  expect(mayAct({ people: {} }, { ...ana, id: "__proto__" })).toBe(false);
});

test("the audit has the config's name for somebody, else the id with what Slack calls the person", () => {
  expect(nameOfPerson({ people: { U0123456789: "Ana" } }, ana)).toBe("Ana");
  expect(nameOfPerson({ people: ["U0123456789"] }, ana)).toBe("ana (slack:U0123456789)");
  expect(nameOfPerson({ people: "everyone" }, { ...ana, name: "<!channel>" })).toBe("slack:U0123456789");
  expect(nameOfPerson({ people: "everyone" }, { ...ana, name: null })).toBe("slack:U0123456789");
});
