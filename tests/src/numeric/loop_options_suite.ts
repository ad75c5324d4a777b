/** What loops are told: progress, and what they refuse, exactly and before any work. */
import { Pool, tasks, UnsupportedError } from "../../../mod.ts";
import { equal, is, match, rejects } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";
import { warned } from "../../support/warnings.ts";
import { open, sharedWords } from "../../support/words.ts";

const test = suite("loop options");
// There is no such module: whatever reached a worker would fail with that.
const { kernel } = tasks<
  { kernel(from: number, to: number, factor: number): number }
>(
  new URL("../../fixtures/modules/not_there.ts", import.meta.url),
);

const loops = tasks<typeof import("../../fixtures/loops.ts")>(
  new URL("../../fixtures/loops.ts", import.meta.url),
);
const mapping = tasks<typeof import("../../fixtures/mapping.ts")>(
  new URL("../../fixtures/mapping.ts", import.meta.url),
);
const reducing = tasks<typeof import("../../fixtures/reducing.ts")>(
  new URL("../../fixtures/reducing.ts", import.meta.url),
);

type Row = [range: unknown, args: unknown, options: unknown, message: string];

const ONE = 2 ** 53 - 1;

const types: Row[] = [
  [
    [1],
    [0],
    {},
    "the range must be a number of items or [from, to], found an array of 1",
  ],
  [
    ["0", 1],
    [0],
    {},
    "the ends of a range must be numbers, found string and number",
  ],
  ["9", [0], {}, "found string"],
  [null, [0], {}, "found null"],
  [9, 0, {}, "args must be an array, found number"],
  [
    9,
    [0],
    { grain: "1" },
    'grain must be an integer from 1 to 9007199254740991, found "1"',
  ],
  [
    9,
    [0],
    { schedule: "fast" },
    'schedule must be one of static, dynamic, guided, found "fast"',
  ],
  [9, [0], { schedule: 1 }, "found number"],
  [
    9,
    [0],
    { retries: 1 },
    "there is no option retries, the options are schedule, grain",
  ],
  [
    9,
    [0],
    { transfer: [] },
    "transfer is an option of apply, loops take arrays that are shared(…)",
  ],
  [9, [0], { signal: 1 }, "signal must be an AbortSignal, found number"],
  [9, [0], { onProgress: 1 }, "onProgress must be a function, found number"],
  [9, [0], null, "options must be an object, found null"],
];
const ranges: Row[] = [
  [-1, [0], {}, "the range must be from one integer up to another, found -1"],
  [1.5, [0], {}, "found 1.5"],
  [NaN, [0], {}, "found NaN"],
  [2 ** 53, [0], {}, "found 9007199254740992"],
  [[3, 2], [0], {}, "found [3, 2]"],
  [[0, Infinity], [0], {}, "found [0, Infinity]"],
  [[-ONE, ONE], [0], {}, "the range must be"],
  [9, [0], { grain: 0 }, "grain must be an integer from 1"],
  [
    2 ** 50,
    [0],
    { grain: 1000 },
    "grain must be at least 1048576 for 1125899906842624 items, found 1000",
  ],
  [9, [0], { timeout: 0 }, "timeout must be an integer from 1"],
];

for (
  const [Class, rows] of [[TypeError, types], [RangeError, ranges]] as const
) {
  test(`what makes no loop is a ${Class.name} that says so`, async () => {
    await using pool = new Pool({ workers: 1 });
    for (const [range, args, options, message] of rows) {
      const given = [range, args, options] as never as [
        number,
        [number],
        object,
      ];
      const each = pool.parallelFor(kernel, ...given);
      const text = `Cannot parallelFor a task: `;
      is((await rejects(each, Class, message)).message.startsWith(text), true);
      const reduced = pool.parallelReduce(kernel, kernel as never, ...given);
      await rejects(reduced, Class, message);
    }
  });
}

test("a kernel must be a task, and its arguments must travel", async () => {
  await using pool = new Pool({ workers: 1 });
  const bare = pool.parallelFor((() => {}) as never, 9);
  await rejects(bare, TypeError, "Cannot parallelFor a bare function");
  const one = pool.parallelReduce(kernel, (() => 1) as never, 9, [0]);
  await rejects(one, TypeError, "Cannot combine with a bare function");
  const initial = { initial: 1 } as never;
  const option = pool.parallelFor(kernel, 9, [0], initial);
  await rejects(option, TypeError, "there is no option initial");
  const fn = (() => {}) as never;
  const text = "functions do not travel";
  await rejects(pool.parallelFor(kernel, 9, [fn]), Error, `args[0]: ${text}`);
  const wrong = pool.parallelReduce(kernel, kernel as never, 9, [0], {
    initial: fn,
  });
  await rejects(wrong, Error, `Cannot encode initial: ${text}`);
});

test("onProgress hears what is done while it grows, and all at the end", async () => {
  await using pool = new Pool({ workers: 1 });
  const words = sharedWords(2);
  const heard: [number, number][] = [];
  const onProgress = (...progress: [number, number]): void => {
    heard.push(progress);
    open(words, 1);
  };
  const options = { grain: 2, onProgress };
  await pool.parallelFor(loops.holdRest, [0, 5], [words], options);
  // The first came while the rest was held, by the kernel that waits for it.
  equal(heard[0], [2, 5]);
  equal(heard.at(-1), [5, 5]);
  const rising = heard.every(([done], i) => done > (heard[i - 1]?.[0] ?? 0));
  is(rising, true);
  heard.length = 0;
  await pool.mapInto(new Float64Array(9), mapping.same, 9, { onProgress });
  equal(heard.at(-1), [9, 9]);
  await pool.parallelReduce(reducing.name, reducing.join, 9, [], {
    onProgress,
  });
  is(heard.filter(([done]) => done === 9).length, 2);
});

test("what onProgress throws is a warning and changes nothing", async () => {
  await using pool = new Pool({ workers: 1 });
  const warning = warned("onProgress of a loop");
  const onProgress = (): never => {
    throw new Error("no ears");
  };
  await pool.mapInto(new Float64Array(9), mapping.same, 9, { onProgress });
  match((await warning).message, "no ears");
});

test("processes share no memory, which is said before any work", async () => {
  await using pool = new Pool({ workers: 1, startMethod: "process" });
  for (
    const [loop, verb] of [
      [pool.parallelFor(kernel, 10, [1]), "parallelFor a task"],
      [
        pool.parallelReduce(kernel, kernel as never, 10, [1]),
        "parallelReduce a task",
      ],
    ] as const
  ) {
    const text = `Cannot ${verb}: processes share no memory`;
    const error = await rejects(loop, UnsupportedError, text);
    is(error.code, "shared_memory");
  }
});
