import fc from "fast-check";
import { expect, test } from "vitest";
import { instantOf } from "./wazuh-time.ts";

const AT = Date.UTC(2022, 4, 11, 12, 29, 19, 905);

test.each([
  ["as Wazuh writes it", "2022-05-11T12:29:19.905+0000", AT],
  ["with a colon in the offset", "2022-05-11T12:29:19.905+00:00", AT],
  ["with Z", "2022-05-11T12:29:19.905Z", AT],
  ["east of Greenwich", "2022-05-11T18:14:19.905+0545", AT],
  ["west of it, on the day before", "2022-05-10T23:59:19.905-1230", AT],
  ["without milliseconds", "2022-05-11T12:29:19+0000", AT - 905],
  ["with one digit of a fraction", "2022-05-11T12:29:19.9+0000", AT - 5],
  ["with nine digits of a fraction", "2022-05-11T12:29:19.905999999Z", AT],
  ["on a leap day", "2024-02-29T00:00:00.000+0000", Date.UTC(2024, 1, 29)],
  ["in a leap second", "2016-12-31T23:59:60.000+0000", Date.UTC(2017, 0, 1)],
])("a timestamp %s is an instant", (_, stamp, at) => {
  expect(instantOf(stamp)).toBe(at);
});

test.each([
  ["nothing", ""],
  ["no zone", "2022-05-11T12:29:19.905"],
  ["a day that the month has not", "2023-02-29T12:29:19.905+0000"],
  ["a thirteenth month", "2022-13-11T12:29:19.905+0000"],
  ["hour 24", "2022-05-11T24:00:00.000+0000"],
  ["minute 60", "2022-05-11T12:60:19.905+0000"],
  ["a blank for the T", "2022-05-11 12:29:19.905+0000"],
  ["a dot without digits", "2022-05-11T12:29:19.+0000"],
  ["half an offset", "2022-05-11T12:29:19.905+00"],
  ["an impossible offset", "2022-05-11T12:29:19.905+9900"],
  ["something behind it", "2022-05-11T12:29:19.905+0000x"],
  ["a sign for a digit", "2022-05-11T12:29:-9.905+0000"],
  ["a year before the epoch", "1066-10-14T09:00:00.000+0000"],
  ["words", "May 11 12:29:19 2022 GMT+0000"],
])("a text with %s is none", (_, stamp) => {
  expect(instantOf(stamp)).toBeNull();
});

test("every instant that a machine writes is read back", () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date(0), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true }),
      (date) => {
        expect(instantOf(date.toISOString())).toBe(date.getTime());
      },
    ),
  );
});

test("no text makes it throw", () => {
  fc.assert(fc.property(fc.string({ maxLength: 45 }), (text) => void instantOf(text)));
});
