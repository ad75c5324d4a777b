/**
 * What aiomultiprocess 0.9.1 cannot do and is reported as a defect: D15 to D17
 * and D21 to D23. The table of all is in README.md beside this file.
 */
import { Pool, type StartMethod, StateError, tasks } from "../../mod.ts";
import { equal, instance, is, match, rejects } from "../support/assert.ts";
import { Meeting } from "../support/meeting.ts";
import { startMethods } from "../support/start_methods.ts";
import { suite } from "../support/suite.ts";

const test = suite("seed: defects of reach");
const seed = tasks<typeof import("../fixtures/seed.ts")>(
  new URL("../fixtures/seed.ts", import.meta.url),
);
const defects = tasks<typeof import("../fixtures/defects.ts")>(
  new URL("../fixtures/defects.ts", import.meta.url),
);
const failing = tasks<typeof import("../fixtures/failing.ts")>(
  new URL("../fixtures/failing.ts", import.meta.url),
);
const meetings = tasks<typeof import("../fixtures/meeting.ts")>(
  new URL("../fixtures/meeting.ts", import.meta.url),
);

type Row = (startMethod: StartMethod) => Promise<unknown>;

const rows: Record<string, Row> = {
  async "D15: an error arrives with class, properties, causes and both stacks"(
    startMethod,
  ) {
    await using pool = new Pool({ workers: 1, startMethod });
    const range = await rejects(
      pool.apply(failing.throwsRange, [7]),
      RangeError,
      "out of range: 7",
    );
    instance(range.cause, TypeError);
    match(String(range.stack), "throwsRange");
    match(String(range.stack), "defects_reach_suite");
    const custom = await rejects(pool.apply(failing.throwsCustom, [7]));
    equal([custom.name, (custom as Error & { code: number }).code], [
      "Custom",
      7,
    ]);
    const many = await rejects(
      pool.map(failing.throwsAggregate, [undefined] as never),
      AggregateError,
    );
    equal(many.errors.map((one: Error) => one.constructor), [
      Error,
      RangeError,
    ]);
    const chain = await rejects(pool.apply(failing.throwsChain), TypeError);
    instance((chain.cause as Error).cause, SyntaxError);
  },

  async "D16: a map pulls no more than its window, and closes what it pulls from"(
    startMethod,
  ) {
    await using pool = new Pool({ workers: 2, startMethod });
    let pulled = 0;
    let closed = false;
    function* endless() {
      try {
        while (pulled < 10_000) yield pulled++;
        throw new Error("nothing stops it");
      } finally {
        closed = true;
      }
    }
    const seen: number[] = [];
    const map = pool.map(seed.mapper, endless(), { window: 10, chunkSize: 2 });
    for await (const value of map) {
      seen.push(value);
      is(pulled <= seen.length + 10, true, `${pulled} pulled`);
      if (seen.length === 40) break;
    }
    equal(seen, Array.from({ length: 40 }, (_, n) => n * 2));
    is(closed, true);
    is(await pool.apply(seed.two), 2);
  },

  async "D17: results may be had as they come"(startMethod) {
    await using meeting = await Meeting.open();
    await using pool = new Pool({ workers: 1, startMethod });
    const names = ["slow", "b", "c", "d"];
    const map = pool.starmap(
      meetings.pass,
      names.map((name) => [meeting.path, name] as const),
      { chunkSize: 1 },
    );
    const order: number[] = [];
    for (const name of ["d", "b", "c"]) meeting.release(name);
    for await (const [index, pid] of map.unordered()) {
      is(pid > 0, true);
      order.push(index);
      // All others were here before the first is let through.
      if (order.length === 3) meeting.release("slow");
    }
    is(order[3], 0);
    equal(order.toSorted(), [0, 1, 2, 3]);
  },

  async "D21: a task may call tasks of its own pool, of one worker"(
    startMethod,
  ) {
    await using pool = new Pool({ workers: 1, concurrency: 1, startMethod });
    is(await pool.apply(defects.nested, [6]), 64);
  },

  async "D22: setting up and tearing down may be asynchronous"(startMethod) {
    await using meeting = await Meeting.open();
    const pool = new Pool({
      workers: 2,
      initializer: defects.setsUp,
      initArgs: [meeting.path],
      finalizer: defects.tearsDown,
      startMethod,
    });
    const calls = [1, 2, 3].map((n) =>
      pool.apply(meetings.knock, [meeting.path, `task ${n}`])
    );
    await meeting.arrived("setUp", 2);
    equal(meeting.names, ["setUp", "setUp"]);
    meeting.release("setUp");
    await Promise.all(calls);
    pool.close();
    await pool.join();
    equal(meeting.names.map((name) => name.split(" ")[0]), [
      "setUp",
      "setUp",
      "task",
      "task",
      "task",
      "tearDown",
      "tearDown",
    ]);
  },

  async "D23: a map can be cancelled: what has not started never runs"(
    startMethod,
  ) {
    await using meeting = await Meeting.open();
    await using pool = new Pool({ workers: 1, concurrency: 2, startMethod });
    const names = Array.from({ length: 20 }, (_, n) => `item ${n}`);
    const map = pool.starmap(
      meetings.pass,
      names.map((name) => [meeting.path, name] as const),
      // All are pulled: one failure stands for the items that are not.
      { chunkSize: 1, window: names.length },
    );
    const outcomes = map.settled();
    await Promise.all([meeting.arrived("item 0"), meeting.arrived("item 1")]);
    const reason = new Error("no longer");
    map.cancel(reason);
    is(await rejects(map), reason);
    for (const name of names) meeting.release(name);
    const settled = await outcomes;
    equal(
      settled.map((one) => one.status),
      names.map((_, n) => n < 2 ? "fulfilled" : "rejected"),
    );
    is((settled[19] as PromiseRejectedResult).reason, reason);
    is(await pool.apply(seed.two), 2);
    equal(meeting.names.toSorted(), ["item 0", "item 1"]);
  },

  async "D23: waiting for the end can be given up"(startMethod) {
    await using meeting = await Meeting.open();
    const pool = new Pool({ workers: 1, startMethod });
    const call = pool.apply(meetings.pass, [meeting.path, "in"]);
    await meeting.arrived("in");
    pool.close();
    await rejects(pool.apply(seed.two), StateError, "pool is closed");
    const control = new AbortController();
    const joined = pool.join({ signal: control.signal });
    const reason = new Error("no longer");
    control.abort(reason);
    is(await rejects(joined), reason);
    meeting.release("in");
    is(await call > 0, true);
    await pool.join();
  },
};

for (const startMethod of startMethods) {
  for (const [name, row] of Object.entries(rows)) {
    test(`${name}: ${startMethod}`, () => row(startMethod));
  }
}
