/** When a child process may get its next task. */
import { Credit } from "../../../src/context/credit.ts";
import { is } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";

const test = suite("credit");

test("a task is sent when the one before it was started", () => {
  const credit = new Credit(16, 0);
  is(credit.open, true);
  credit.sent();
  is(credit.open, false);
  credit.progress(1, 1, 16);
  is(credit.open, true);
});

test("a child that holds unfinished tasks gets no more than it may hold", () => {
  const credit = new Credit(2, 0);
  for (const held of [1, 2]) {
    is(credit.open, true);
    credit.sent();
    credit.progress(held, held, 2);
  }
  is(credit.open, false);
  // Its tasks wait for calls of their own.
  credit.progress(2, 2, 4);
  is(credit.open, true);
});

test("a child gets exactly as many tasks as it may start", () => {
  const credit = new Credit(16, 3);
  let sent = 0;
  while (credit.open) {
    credit.sent();
    credit.progress(++sent, 0, 16);
  }
  is(sent, 3);
});
