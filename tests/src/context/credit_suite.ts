/** How many tasks a child process may get. */
import { Credit } from "../../../src/context/credit.ts";
import { is, ok } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";

const test = suite("credit");

test("the first task goes alone, the next when it was started", () => {
  const credit = new Credit(16, 0);
  is(credit.room(0), 1);
  credit.sent();
  is(credit.room(1), 0);
  credit.progress(1, 1, 16);
  ok(credit.room(1) >= 1);
});

test("tasks are sent ahead, but never many", () => {
  const credit = new Credit(16, 0);
  let sent = 0;
  for (let i = 0; i < 100; i++) {
    const room = credit.room(0);
    ok(room >= 1 && room <= 8, `room for ${room}`);
    for (let j = 0; j < room; j++) credit.sent();
    is(credit.room(0), 0);
    sent += room;
    credit.progress(sent, 0, 16);
  }
});

test("a child that holds unfinished tasks gets no more than it may hold", () => {
  const credit = new Credit(2, 0);
  credit.sent();
  credit.progress(1, 1, 2);
  is(credit.room(1), 1);
  credit.sent();
  credit.progress(2, 2, 2);
  is(credit.room(2), 0);
  // Its tasks wait for calls of their own.
  credit.progress(2, 2, 4);
  ok(credit.room(2) >= 1);
});

test("a child gets exactly as many tasks as it may start", () => {
  const credit = new Credit(16, 3);
  let sent = 0;
  while (credit.room(0) > 0) {
    credit.sent();
    credit.progress(++sent, 0, 16);
  }
  is(sent, 3);
});

test("a task that came back leaves room for another", () => {
  const credit = new Credit(16, 2);
  credit.sent();
  is(credit.ahead, true);
  is(credit.room(1), 0);
  credit.returned();
  is(credit.ahead, false);
  is(credit.room(0), 1);
});
