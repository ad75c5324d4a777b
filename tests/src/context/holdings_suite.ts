/** What a child process has: what is taken back from it is never started there. */
import { Credit } from "../../../src/context/credit.ts";
import { Holdings } from "../../../src/context/holdings.ts";
import { COMPUTES, SENT } from "../../../src/frame.ts";
import {
  awaitsAt,
  isRevoked,
  revokedAt,
  startAt,
} from "../../../src/journal.ts";
import { equal, is, not, ok } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";

const test = suite("Holdings");
const CELLS = 4;
const CELL = 2;

/** Holdings of one child, and its journal. */
function child(): {
  held: Holdings;
  words: Int32Array;
  revoked: (sending: number) => boolean;
} {
  const words = new Int32Array(revokedAt(CELLS, CELLS) / 4);
  const pages = {
    words: (at: number, count: number) => words.slice(at / 4, at / 4 + count),
    write: (number: number, at: number) => void (words[at / 4] = number),
  };
  const held = new Holdings(pages, CELLS, new Credit(4, 0));
  const last = () => words[revokedAt(CELLS, CELL) / 4] as number;
  return { held, words, revoked: (sending) => isRevoked(sending, last()) };
}

// Regression: "it ran twice", found by the soak on a busy machine. A child that
// had not looked yet saw the second revocation only, and ran the first sending.
test("a task that was sent twice and taken back twice is not started at all", () => {
  const { held, revoked } = child();
  const first = held.send(CELL);
  not(revoked(first));
  equal(held.takeBack(), [CELL]);
  const second = held.send(CELL);
  equal(held.takeBack(), [CELL]);
  ok(revoked(first), "the first sending");
  ok(revoked(second), "the second sending");
  not(revoked(held.send(CELL)), "the third is wanted");
});

test("what has started is not taken back", () => {
  const { held, words, revoked } = child();
  const sending = held.send(CELL);
  words[startAt(CELL) / 4] = sending;
  equal(held.takeBack(), []);
  not(revoked(sending));
  is(held.size, 1);
});

test("the part that began last is what the child computes", () => {
  const { held, words } = child();
  const begins = (cell: number, sending: number, part: number): void =>
    words.set([sending, 0, part], startAt(cell) / 4);
  const computing = (): number =>
    [...held.statuses].find(([, status]) => status === COMPUTES)?.[0] ?? -1;
  is(computing(), -1);
  const [one, other] = [held.send(0), held.send(1)];
  is(held.statuses.get(0), SENT);
  is(computing(), -1, "nothing has begun");
  const most = 2 ** 31 - 1;
  begins(0, one, most);
  not(held.statuses.get(0) === SENT);
  is(computing(), 0);
  begins(1, other, -(2 ** 31));
  is(computing(), 1, "numbers of parts wrap");
  words[awaitsAt(1) / 4] = 0;
  is(computing(), 0, "the other awaits");
  held.finish(0);
  is(computing(), -1);
  held.send(0);
  is(computing(), -1, "what began was another sending");
});

test("numbers of sendings wrap", () => {
  const most = 2 ** 31 - 1;
  ok(isRevoked(most, -(2 ** 31)));
  not(isRevoked(-(2 ** 31), most));
  not(isRevoked(5, 0), "nothing was revoked");
});
