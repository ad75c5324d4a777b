/** The exported names, exactly: a new one is a decision, a lost one a break. */
import * as whorl from "../../mod.ts";
import * as ring from "../../ring/mod.ts";
import { equal, instance, is } from "../support/assert.ts";
import { suite } from "../support/suite.ts";

const test = suite("surface");

const RING_NAMES = [
  "Arena",
  "DoneConsumer",
  "DoneProducer",
  "HostBell",
  "Layout",
  "Probe",
  "RangeCounter",
  "ResultReader",
  "ResultWriter",
  "RingHost",
  "RingWorker",
  "Roster",
  "Sleepers",
  "TaskConsumer",
  "TaskProducer",
  "WorkerBell",
  "cancelPayload",
  "claimed",
  "createResultRing",
  "isCancelRequested",
  "isClaimed",
  "isQueued",
  "isRunning",
  "offsetOf",
  "ownerOf",
  "queued",
  "requestCancel",
  "running",
  "segmentOf",
];

test("mod.ts exports these values and no others", () => {
  equal(Object.keys(whorl).sort(), [
    "CodecError",
    "Keyed",
    "LeastLoaded",
    "Pool",
    "Process",
    "ProxyError",
    "RoundRobin",
    "StateError",
    "TaskLookupError",
    "TaskTimeoutError",
    "UnsupportedError",
    "WhorlError",
    "Worker",
    "WorkerLostError",
    "getContext",
    "inline",
    "isMainThread",
    "move",
    "numeric",
    "random",
    "runtime",
    "setStartMethod",
    "shared",
    "task",
    "taskContext",
    "tasks",
    "wasm",
  ]);
});

test("ring/mod.ts exports these verbs and nouns, and words of the layout", () => {
  const names = Object.keys(ring).filter((name) =>
    !/^[A-Z][A-Z_\d]*$/.test(name)
  );
  equal(names.sort(), RING_NAMES);
});

test("every error of the library is a WhorlError with a name and a code", () => {
  const errors = [
    new whorl.StateError("pool_open", "m"),
    new whorl.TaskLookupError("module_missing", "m", { task: "t" }),
    new whorl.CodecError("encode", "m", { path: "args" }),
    new whorl.ProxyError("m", { value: 1 }),
    new whorl.TaskTimeoutError("m", { timeoutMs: 1 }),
    new whorl.UnsupportedError("start_method", "m", { runtime: "node" }),
    new whorl.WorkerLostError("m", {
      workerId: 1,
      exitCode: 1,
      reason: "r",
      started: true,
    }),
  ];
  for (const error of errors) {
    instance(error, whorl.WhorlError);
    instance(error, Error);
    is(error.name, error.constructor.name);
    is(typeof error.code, "string");
  }
});

test("isMainThread is true here, and the runtime has a name", () => {
  is(whorl.isMainThread, true);
  is(["node", "bun", "deno"].includes(whorl.runtime.name), true);
});
