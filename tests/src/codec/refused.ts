/** What does not travel, where in it the reason is, and what is said. */
import { bytes } from "./channel.ts";
import { detached, recursive } from "./odd_values.ts";

/** A value that does not travel, where in it the reason is, and what is said. */
export interface Refused {
  readonly name: string;
  readonly make: () => unknown;
  readonly path: string;
  readonly message: RegExp;
  readonly cause?: boolean;
}

const FUNCTIONS = /functions do not travel, pass a task$/;

export const REFUSED: readonly Refused[] = [
  {
    name: "function",
    make: () => () => 1,
    path: "args",
    message: /^Cannot encode args: functions do not travel, pass a task$/,
  },
  {
    name: "symbol",
    make: () => Symbol(),
    path: "args",
    message: /symbols do not travel/,
  },
  {
    name: "nested function",
    make: () => [{ rows: [1, 2, 3, Math.abs] }],
    path: "args[0].rows[3]",
    message: FUNCTIONS,
  },
  {
    name: "odd key",
    make: () => ({ "odd key": Math.abs }),
    path: 'args["odd key"]',
    message: FUNCTIONS,
  },
  {
    name: "wide key",
    make: () => ({ 日: { $a_1: Math.abs } }),
    path: "args.日.$a_1",
    message: FUNCTIONS,
  },
  {
    name: "Map value",
    make: () => new Map([["k", Math.abs]]),
    path: 'args.get("k")',
    message: FUNCTIONS,
  },
  {
    name: "Map value behind an object",
    make: () => new Map<unknown, unknown>([[1, 1], [{}, Math.abs]]),
    path: "args<value 1>",
    message: FUNCTIONS,
  },
  {
    name: "Map key",
    make: () => new Map([[Math.abs, 1]]),
    path: "args<key 0>",
    message: FUNCTIONS,
  },
  {
    name: "Set member",
    make: () => new Set([1, Math.abs]),
    path: "args<member 1>",
    message: FUNCTIONS,
  },
  {
    name: "cause",
    make: () => new Error("x", { cause: { f: Math.abs } }),
    path: "args.cause.f",
    message: FUNCTIONS,
  },
  {
    name: "name on an array",
    make: () => Object.assign([1], { f: Math.abs }),
    path: "args.f",
    message: FUNCTIONS,
  },
  {
    name: "sparse element",
    make: () => [, , Math.abs],
    path: "args[2]",
    message: FUNCTIONS,
  },
  {
    name: "class instance",
    make: () => Object.assign(new (class Job {})(), { run: Math.abs }),
    path: "args.run",
    message: FUNCTIONS,
  },
  {
    name: "Promise",
    make: () => ({ p: Promise.resolve() }),
    path: "args.p",
    message: /promises do not travel, await it first$/,
  },
  {
    name: "WeakMap",
    make: () => [new WeakMap()],
    path: "args[0]",
    message: /weak collections do not travel, pass a Map$/,
  },
  {
    name: "WeakSet",
    make: () => [new WeakSet()],
    path: "args[0]",
    message: /pass a Set$/,
  },
  {
    name: "WeakRef",
    make: () => [new WeakRef({})],
    path: "args[0]",
    message: /weak references do not travel/,
  },
  {
    name: "generator",
    make: () => [(function* () {})()],
    path: "args[0]",
    message: /generators do not travel/,
  },
  {
    name: "async generator",
    make: () => [(async function* () {})()],
    path: "args[0]",
    message: /generators do not travel/,
  },
  {
    name: "iterator",
    make: () => [[].values()],
    path: "args[0]",
    message: /Array Iterator objects do not travel/,
  },
  {
    name: "boxed symbol",
    make: () => [Object(Symbol())],
    path: "args[0]",
    message: /Symbol objects do not travel/,
  },
  {
    name: "FinalizationRegistry",
    make: () => [new FinalizationRegistry(() => {})],
    path: "args[0]",
    message: /FinalizationRegistry objects do not travel/,
  },
  {
    name: "throwing getter",
    make: () => ({
      a: {
        get b() {
          throw new Error("no");
        },
      },
    }),
    path: "args.a.b",
    message: /reading it threw/,
    cause: true,
  },
  {
    name: "getter throwing undefined",
    make: () => ({
      get b() {
        throw undefined;
      },
    }),
    path: "args.b",
    message: /reading it threw/,
  },
  {
    name: "throwing proxy",
    make: () => [
      new Proxy({}, {
        ownKeys() {
          throw new Error("no");
        },
      }),
    ],
    path: "args[0]",
    message: /reading it threw/,
    cause: true,
  },
  {
    name: "revoked proxy",
    make: () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return [proxy];
    },
    path: "args[0]",
    message: /reading it threw/,
    cause: true,
  },
  {
    name: "detached buffer",
    make: () => [detached()],
    path: "args[0]",
    message: /the buffer is detached/,
  },
  {
    name: "view on a detached buffer",
    make: () => {
      const view = bytes(8);
      structuredClone(view.buffer, { transfer: [view.buffer] });
      return [view];
    },
    path: "args[0]",
    message: /the buffer is detached/,
  },
  {
    name: "view outside its buffer",
    make: () => {
      const buffer = new ArrayBuffer(8, { maxByteLength: 8 });
      const view = new Uint8Array(buffer, 4, 4);
      buffer.resize(2);
      return { view };
    },
    path: "args.view",
    message: /outside its resized buffer/,
  },
  {
    name: "endless getter",
    make: () => ({ deep: recursive() }),
    path: "args.deep.value",
    message: /stack is used up/,
    cause: true,
  },
];
