import {
  itemLoop,
  type LoopShape,
  slowItemLoop,
} from "../../workers/item_loop.ts";
import { equal, is, match, not, throws } from "../support/assert.ts";
import { suite } from "../support/suite.ts";

const test = suite("itemLoop");

const weigh = (x: unknown, i: unknown): number =>
  (x as number) * 2 + (i as number);
const DOUBLES: LoopShape = {
  output: new Float64Array(1),
  input: new Float64Array(1),
  indexed: true,
};

test("a task has one loop for each kind of input and output, with or without index", () => {
  const loops = [
    DOUBLES,
    { ...DOUBLES, input: new Int32Array(1) },
    { ...DOUBLES, output: new Int32Array(1) },
    { ...DOUBLES, output: new BigInt64Array(1) },
    { ...DOUBLES, input: null },
    { ...DOUBLES, indexed: false },
  ].map((shape) => itemLoop(weigh, shape));
  is(new Set(loops).size, 6);
  const other = { ...DOUBLES, input: new Float64Array(9) };
  is(itemLoop(weigh, other), loops[0]);
  const another = itemLoop(() => 1, DOUBLES);
  not.equal(another, loops[0]);
  not.equal(
    String(another),
    String(loops[0]),
    "engines share code by its text",
  );
});

test("its text calls the task alone, so that it can be inlined there", () => {
  match(String(itemLoop(weigh, DOUBLES)), "task(input[i], i)");
  match(String(itemLoop(weigh, { ...DOUBLES, input: null })), "task(i, i)");
  match(
    String(itemLoop(weigh, { ...DOUBLES, indexed: false })),
    "task(input[i])",
  );
});

/** The same function with no way to make code of text. */
function plainly<T>(run: () => T): T {
  const original = globalThis.Function;
  globalThis.Function = class {
    constructor() {
      throw new EvalError("not allowed");
    }
  } as never;
  try {
    return run();
  } finally {
    globalThis.Function = original;
  }
}

test("made of text or not, for quick tasks or slow ones, it does the same and says which item failed", () => {
  const rows: [LoopShape, (...args: never[]) => unknown][] = [
    [DOUBLES, weigh],
    [{ ...DOUBLES, input: null }, weigh],
    [{ ...DOUBLES, indexed: false }, (...args: unknown[]) => args.length],
    [{ ...DOUBLES, output: new BigInt64Array(1) }, (x: number) => BigInt(x)],
  ];
  for (const [shape, fn] of rows) {
    const outputs = [
      itemLoop,
      (...args: Parameters<typeof itemLoop>) =>
        plainly(() => itemLoop(...args)),
      slowItemLoop,
    ].map((make) => {
      // A task of its own, or the loop that is kept would be used.
      const task = (...args: unknown[]) => fn(...args as never[]);
      const Kind = shape.output.constructor as typeof Float64Array;
      const output = new Kind(5);
      const input = shape.input && Float64Array.of(1, 2, 3, 4, 5);
      const loop = make(task, shape);
      loop(1, 4, output as never, input as never, () => {});
      const failing = make((_x, i) => i === 3 ? "three" : task(1, i), {
        ...shape,
        indexed: true,
      });
      const failed: number[] = [];
      throws(
        () =>
          failing(
            0,
            5,
            new Kind(5) as never,
            input as never,
            (at) => failed.push(at),
          ),
        TypeError,
        "Cannot put the result of item 3 into a ",
      );
      return [String(output), failed, String(loop).includes("task(")];
    });
    equal(outputs[0]?.slice(0, 2), outputs[1]?.slice(0, 2));
    equal(outputs[0]?.slice(0, 2), outputs[2]?.slice(0, 2));
    equal(outputs[0]?.[1], [3]);
    not.equal(outputs[0]?.[0], "0,0,0,0,0");
  }
});
