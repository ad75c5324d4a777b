/** What a child process has: what is taken back from it is never started there. */
import { Credit } from "../../../src/context/credit.ts";
import { Holdings } from "../../../src/context/holdings.ts";
import { isRevoked, revokedAt, startAt } from "../../../src/journal.ts";
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
    pair: (at: number) =>
      [words[at / 4] as number, words[at / 4 + 1] as number] as const,
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

test("numbers of sendings wrap", () => {
  const most = 2 ** 31 - 1;
  ok(isRevoked(most, -(2 ** 31)));
  not(isRevoked(-(2 ** 31), most));
  not(isRevoked(5, 0), "nothing was revoked");
});
