/** Random values, with cycles and shared parts. */
import type { Rng } from "../../support/rng.ts";

const TEXTS = [
  "",
  "a",
  "key",
  "hello world",
  "é",
  "日本",
  "\ud800",
  "\0",
  "__proto__",
  "length",
  "0",
  "x".repeat(40),
  "日".repeat(40),
];
const NUMBERS = [
  0,
  -0,
  1,
  -1,
  127,
  128,
  1.5,
  NaN,
  Infinity,
  2 ** 31,
  -(2 ** 31),
  5e-324,
  2 ** 53,
];

/** A value no deeper than five; `met` are the objects it may refer back to. */
export function randomValue(
  random: Rng,
  depth: number,
  met: object[],
): unknown {
  const choice = random.below(depth > 4 ? 9 : 20);
  const child = (): unknown => randomValue(random, depth + 1, met);
  const list = (): unknown[] => Array.from({ length: random.below(5) }, child);
  const keep = <T extends object>(object: T): T => (met.push(object), object);
  switch (choice) {
    case 0:
      return [undefined, null, true, false][random.below(4)];
    case 1:
    case 2:
      return random.pick(NUMBERS);
    case 3:
      return random.between(-200, 200);
    case 4:
    case 5:
      return random.pick(TEXTS);
    case 6:
      return BigInt(random.uint32()) ** BigInt(random.below(5)) *
        (random.below(2) ? 1n : -1n);
    case 7:
      return met.length > 0 ? random.pick(met) : null;
    case 8:
      return keep(new Date(random.below(2) ? NaN : random.uint32()));
    case 9:
      return keep(new Map(list().map((value) => [child(), value])));
    case 10:
      return keep(new Set(list()));
    case 11:
      return keep(
        random.below(2)
          ? new Uint8Array(random.below(20))
          : new Float64Array(random.below(3) * 300),
      );
    case 12: {
      const array = keep(list());
      if (random.below(3) === 0) array.length += random.below(40);
      if (random.below(3) === 0) {
        (array as unknown as Record<string, unknown>)[
          random.pick(["x", "01", "-1"])
        ] = child();
      }
      return array;
    }
    case 13:
      return keep(
        Array.from({ length: random.below(6) }, () => random.pick(NUMBERS)),
      );
    case 14:
      return keep(Object(random.pick([1, "s", true])) as object);
    default:
      return randomObject(random, child, keep({}));
  }
}

function randomObject(
  random: Rng,
  child: () => unknown,
  object: object,
): object {
  for (let i = random.below(6); i > 0; i--) {
    const key = random.pick(TEXTS) + (random.below(2) ? random.below(10) : "");
    Object.defineProperty(object, key, {
      value: child(),
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  return object;
}
