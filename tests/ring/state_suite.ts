import {
  CANCELLED,
  claimed,
  FREE,
  isClaimed,
  isQueued,
  isRunning,
  ownerOf,
  queued,
  running,
} from "../../ring/state.ts";
import { equal, is, ok } from "../support/assert.ts";
import { suite } from "../support/suite.ts";

const test = suite("STATE");

test("queued() names ring and position in 31 bits, whatever the position", () => {
  const seen = new Set<number>();
  for (const ring of [0, 1, 255, 509, 511]) {
    for (const position of [0, 1, 4_194_303, 0x7fffffff, -0x80000000, -2]) {
      const ticket = queued(ring, position);
      ok(isQueued(ticket), `${ring}/${position}`);
      ok(!isClaimed(ticket) && !isRunning(ticket));
      is(ticket | 0, ticket);
      seen.add(ticket);
    }
  }
  // Positions are told apart modulo 2^22: five of the six here.
  is(seen.size, 5 * 4);
});

test("queued() differs between rings at the same position", () => {
  for (let ring = 1; ring < 510; ring++) ok(queued(ring, 7) !== queued(0, 7));
});

test("queued() differs between all positions one ring can hold at a time", () => {
  const base = -30_000;
  const seen = new Set<number>();
  for (let i = 0; i < 65_536; i++) seen.add(queued(3, (base + i) | 0));
  is(seen.size, 65_536);
});

test("claimed() and running() name their owner and nothing else", () => {
  const words = new Set<number>([FREE, CANCELLED]);
  for (let slot = 0; slot < 255; slot++) {
    const [took, started] = [claimed(slot), running(slot)];
    equal([isQueued(took), isClaimed(took), isRunning(took)], [
      false,
      true,
      false,
    ]);
    equal([isQueued(started), isClaimed(started), isRunning(started)], [
      false,
      false,
      true,
    ]);
    equal([ownerOf(took), ownerOf(started)], [slot, slot]);
    words.add(took).add(started);
  }
  is(words.size, 2 + 2 * 255);
});

test("FREE and CANCELLED are nobody's", () => {
  for (const state of [FREE, CANCELLED]) {
    ok(!isQueued(state) && !isClaimed(state) && !isRunning(state));
    is(state | 0, state);
  }
});
