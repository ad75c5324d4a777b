/** Typed arrays in shared memory: how they are made, and how they travel. */
import {
  type ArrayClass,
  CodecError,
  inline,
  Pool,
  shared,
  type SharedArray,
  tasks,
} from "../../../mod.ts";
import { encoder } from "../codec/channel.ts";
import { equal, instance, is, rejects, throws } from "../../support/assert.ts";
import { collected } from "../../support/collected.ts";
import { suite } from "../../support/suite.ts";

const test = suite("shared");
const sharing = tasks<typeof import("../../fixtures/sharing.ts")>(
  new URL("../../fixtures/sharing.ts", import.meta.url),
);
const dying = tasks<typeof import("../../fixtures/dying.ts")>(
  new URL("../../fixtures/dying.ts", import.meta.url),
);

/** Every class there is here, as one of them. */
const classes: readonly (typeof Float64Array)[] = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  ...(typeof Float16Array === "undefined" ? [] : [Float16Array]),
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
] as unknown[] as (typeof Float64Array)[];

const isBig = (Class: { name: string }) => Class.name.startsWith("Big");
const texts = (array: SharedArray) => Array.from(array as Float64Array, String);

for (const Class of classes) {
  const one = (isBig(Class) ? 1n : 1) as number;
  const two = (isBig(Class) ? 2n : 2) as number;

  test(`${Class.name}: a length makes zeros, values are copied`, () => {
    const zeros = shared(Class, 3);
    instance(zeros, Class);
    instance(zeros.buffer, SharedArrayBuffer);
    equal([zeros.byteOffset, texts(zeros)], [0, ["0", "0", "0"]]);
    is(zeros.buffer.byteLength, 3 * Class.BYTES_PER_ELEMENT);
    is(shared(Class, 0).length, 0);
    const source = Class.from([one, two]);
    for (
      const values of [
        source,
        [one, two],
        new Set([one, two]),
        { length: 2, 0: one, 1: two },
        shared(Class, [one, two]),
        (function* () {
          yield* [one, two];
        })(),
      ]
    ) {
      const array = shared(Class, values);
      instance(array, Class);
      equal(texts(array), ["1", "2"]);
    }
    source[0] = two;
    equal(texts(shared(Class, source)), ["2", "2"]);
    is(shared(Class, []).length, 0);
  });

  test(`${Class.name}: travels by reference on every road, both ways`, async () => {
    await using pool = new Pool({ workers: 2 });
    const whole = shared(Class, 5);
    // A part, so that offsets and lengths have to arrive.
    const part = whole.subarray(1, 4);
    const raise = inline(
      () => {
        for (let i = 0; i < part.length; i++) part[i]!++;
        return part;
      },
      { captures: { part } },
    );
    const roads: Record<string, () => PromiseLike<SharedArray>> = {
      "an argument": () => pool.apply(sharing.raise, [part]),
      "inside an argument": async () => {
        const rows = new Map([["here", [whole, part]]]);
        return (await pool.apply(sharing.raiseInside, [{ rows }])).back;
      },
      "an item": async () => (await pool.map(sharing.raise, [part]))[0]!,
      "an argument of a nested call": () =>
        pool.apply(sharing.raiseNested, [part]),
      "a capture": () => pool.apply(raise),
      "an argument of a replaced worker": async () => {
        await pool.broadcast(dying.exits, [0]).catch(() => {});
        return await pool.apply(sharing.raise, [part]);
      },
    };
    let count = 0;
    for (const [road, go] of Object.entries(roads)) {
      const back = await go();
      const seen = String(++count);
      equal(texts(whole), ["0", seen, seen, seen, "0"], road);
      instance(back, Class, road);
      is(back.buffer, whole.buffer, road);
      equal(
        [back.byteOffset, back.length],
        [part.byteOffset, part.length],
        road,
      );
    }
  });

  test(`${Class.name}: made by a task, it is shared with the host`, async () => {
    await using pool = new Pool({ workers: 1 });
    const [array, rest] = await pool.apply(sharing.make, [Class.name, 3]);
    instance(array, Class);
    is(rest!.buffer, array!.buffer);
    equal([rest!.byteOffset, rest!.length], [Class.BYTES_PER_ELEMENT, 2]);
    array![2] = two as never;
    is(await pool.apply(sharing.readLast, [2]), "2");
    is(await pool.apply(sharing.lastAgain), array!.buffer);
    // And sent on like any other.
    await pool.apply(sharing.raise, [array!]);
    is(await pool.apply(sharing.readLast, [2]), "3");
  });
}

test("elements become what their class makes of them", () => {
  equal([...shared(Uint8ClampedArray, [300, -1, 1.5])], [255, 0, 2]);
  equal([...shared(Int8Array, [200])], [-56]);
  const floats = shared(Float64Array, [-0, NaN, Infinity, 5e-324]);
  is(
    [...floats].map((one) => Object.is(one, -0) ? "-0" : one).join(),
    "-0,NaN,Infinity,5e-324",
  );
  equal([...shared(Float32Array, new Int16Array([7, -7]))], [7, -7]);
  equal([...shared(BigUint64Array, BigInt64Array.of(-1n))], [2n ** 64n - 1n]);
});

test("what tasks made is kept by nobody, once nobody here holds it", async () => {
  await using pool = new Pool({ workers: 1 });
  const left: WeakRef<object>[] = [];
  const get = async () => {
    const array = await pool.apply(sharing.makeFresh, [1000]);
    left.push(new WeakRef(array.buffer));
    // Sent on, it has a number of the host as well.
    await pool.apply(sharing.raise, [array]);
  };
  for (let i = 0; i < 40; i++) await get();
  const many = async () => {
    for (const array of await pool.map(sharing.makeFresh, Array(40).fill(9))) {
      left.push(new WeakRef(array.buffer));
    }
  };
  await many();
  await collected(left);
  // The workers hear of it when they read their mail next.
  await pool.apply(sharing.makeFresh, [1]);
  await pool.apply(sharing.freed);
});

test("passing one costs the same bytes, whatever its size", () => {
  const sizes = [8, 64 << 20].map((length) => {
    encoder.begin();
    encoder.value([shared(Uint8Array, length)], "args");
    return [encoder.end(), encoder.foreign.length];
  });
  equal(sizes[0], sizes[1]);
});

const FLOATS = "Cannot make a shared Float64Array: ";
const refused: [
  string,
  unknown,
  unknown,
  typeof TypeError | typeof RangeError,
  string,
][] = [
  ["no class", "Float64Array", 3, TypeError, "found string"],
  ["null for a class", null, 3, TypeError, "found null"],
  ["another class", DataView, 3, TypeError, "found DataView"],
  ["a subclass", class Mine extends Int8Array {}, 3, TypeError, "found Mine"],
  ["a negative length", Float64Array, -1, RangeError, "found -1"],
  ["a fraction", Float64Array, 1.5, RangeError, "found 1.5"],
  ["no length", Float64Array, NaN, RangeError, "found NaN"],
  [
    "a length beyond memory",
    Float64Array,
    2 ** 50,
    RangeError,
    `${FLOATS}there is no memory for ${2 ** 50} elements of 8 bytes`,
  ],
  ["nothing", Float64Array, undefined, TypeError, "found undefined"],
  ["text", Uint8Array, "12", TypeError, "found string"],
  [
    "a buffer",
    Uint8Array,
    new SharedArrayBuffer(8),
    TypeError,
    "expected a length, an array or an iterable, found SharedArrayBuffer",
  ],
  [
    "text in it",
    Float64Array,
    [1, "2"],
    TypeError,
    `${FLOATS}element 1 must be a number, found string`,
  ],
  ["a hole", Float64Array, [1, , 3], TypeError, "element 1 must be a number"],
  [
    "a promise in it",
    Float64Array,
    [Promise.resolve(1)],
    TypeError,
    "element 0 must be a number, found Promise",
  ],
  [
    "a bigint in it",
    Float64Array,
    [1n],
    TypeError,
    "element 0 must be a number, found bigint",
  ],
  [
    "numbers for bigints",
    BigInt64Array,
    new Float64Array(2),
    TypeError,
    "Cannot make a shared BigInt64Array: element 0 must be a bigint, found number",
  ],
];

for (const [name, Class, content, Wrong, message] of refused) {
  test(`${name} is refused`, () => {
    throws(
      () => shared(Class as ArrayClass<"Int8Array">, content as number),
      Wrong,
      message,
    );
  });
}

test("a shared array does not travel to another process, and says so", async () => {
  await using pool = new Pool({ workers: 1, startMethod: "process" });
  const error = await rejects(
    pool.apply(sharing.raise, [shared(Int32Array, 2)]),
    CodecError,
    "shared memory does not leave its process",
  );
  is(error.path, "args[0]");
});
