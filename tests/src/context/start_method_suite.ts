/** The start method: one for the program, looked at when something is made. */
import {
  getContext,
  Pool,
  type PoolOptions,
  setStartMethod,
  type StartMethod,
  tasks,
  UnsupportedError,
} from "../../../mod.ts";
import { is, match, ok, throws } from "../../support/assert.ts";
import { startMethods } from "../../support/start_methods.ts";
import { suite } from "../../support/suite.ts";

const test = suite("start method");
const math = tasks<typeof import("../../fixtures/arithmetic.ts")>(
  new URL("../../fixtures/arithmetic.ts", import.meta.url),
);

/** Runs with `method` as the program's, and sets it back. */
function having<T>(method: StartMethod | null, run: () => T): T {
  setStartMethod(method);
  try {
    return run();
  } finally {
    setStartMethod(null);
  }
}

const makers: [string, (method: unknown) => unknown][] = [
  ["set the start method", (method) => setStartMethod(method as StartMethod)],
  ["get a context", (method) => getContext(method as StartMethod)],
  [
    "create a pool",
    (startMethod) => new Pool({ startMethod } as PoolOptions),
  ],
];

test("threads are the default", () => {
  is(getContext().startMethod, "thread");
  is(getContext("thread"), getContext());
});

for (const method of startMethods) {
  test(`${method} can be set, asked for, and set back with null`, () => {
    having(method, () => {
      is(getContext().startMethod, method);
      is(getContext(), getContext(method));
      setStartMethod(null);
      is(getContext().startMethod, "thread");
    });
  });

  test(`${method} is set back by a call without argument`, () => {
    having(method, () => {
      setStartMethod();
      is(getContext().startMethod, "thread");
    });
  });

  test(`a pool keeps ${method}, which was set when it was made`, async () => {
    await using pool = having(method, () => new Pool({ workers: 1 }));
    is(await pool.apply(math.increment, [1]), 2);
  });

  test(`a pool takes ${method} as its option`, async () => {
    await using pool = new Pool({ workers: 1, startMethod: method });
    is(await pool.apply(math.increment, [1]), 2);
  });
}

for (const [action, make] of makers) {
  for (const name of ["fork", "forkserver"]) {
    test(`${action}: "${name}" is unsupported, and the error says why`, () => {
      const error = throws(() => make(name), UnsupportedError);
      is(error.code, "start_method");
      ok(["node", "bun", "deno"].includes(error.runtime));
      match(
        error.message,
        `Cannot ${action}: there is no "${name}" in JavaScript, a forked copy`,
      );
    });
  }

  for (const name of ["foo", "", "Thread", "constructor"]) {
    test(`${action}: ${JSON.stringify(name)} is refused with the names there are`, () => {
      const listed = startMethods.map((one) => `"${one}"`).join(" or ");
      throws(
        () => make(name),
        RangeError,
        `Cannot ${action}: startMethod must be ${listed}, found ${
          JSON.stringify(name)
        }`,
      );
    });
  }

  test(`${action}: what is no name is a TypeError`, () => {
    for (const [value, found] of [[5, "number"], [{}, "object"]]) {
      throws(() => make(value), TypeError, `found ${found}`);
    }
  });
}

test("a refused method changes nothing", () => {
  throws(() => setStartMethod("foo" as StartMethod), RangeError);
  is(getContext().startMethod, "thread");
});
