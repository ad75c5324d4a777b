/**
 * The error classes that arrive as themselves: the built-in ones and our own.
 * Named by hand, because a bundler may rename classes on one side only.
 */

import * as whorl from "../errors.ts";

interface ErrorClass {
  readonly prototype: object;
  /** An empty one; its fields are own properties and are set afterwards. */
  readonly make: (message: string, name: string) => Error;
}

const BLANK = {
  task: "",
  path: "",
  runtime: "",
  workerId: 0,
  exitCode: null,
  reason: "",
  started: false,
  timeoutMs: 0,
  value: undefined,
};

const CLASSES: Readonly<Record<string, ErrorClass>> = {
  Error: plain(Error),
  EvalError: plain(EvalError),
  RangeError: plain(RangeError),
  ReferenceError: plain(ReferenceError),
  SyntaxError: plain(SyntaxError),
  TypeError: plain(TypeError),
  URIError: plain(URIError),
  AggregateError: {
    prototype: AggregateError.prototype,
    make: (message) => new AggregateError([], message),
  },
  DOMException: {
    prototype: DOMException.prototype,
    make: (message, name) => new DOMException(message, name),
  },
  ...ofWasm(),
  WhorlError: {
    prototype: whorl.WhorlError.prototype,
    make: (message) => new whorl.WhorlError("", message),
  },
  StateError: {
    prototype: whorl.StateError.prototype,
    make: (message) => new whorl.StateError("pool_closed", message),
  },
  TaskLookupError: {
    prototype: whorl.TaskLookupError.prototype,
    make: (message) =>
      new whorl.TaskLookupError("module_failed", message, BLANK),
  },
  WorkerLostError: {
    prototype: whorl.WorkerLostError.prototype,
    make: (message) => new whorl.WorkerLostError(message, BLANK),
  },
  TaskTimeoutError: {
    prototype: whorl.TaskTimeoutError.prototype,
    make: (message) => new whorl.TaskTimeoutError(message, BLANK),
  },
  CodecError: {
    prototype: whorl.CodecError.prototype,
    make: (message) => new whorl.CodecError("encode", message, BLANK),
  },
  ProxyError: {
    prototype: whorl.ProxyError.prototype,
    make: (message) => new whorl.ProxyError(message, BLANK),
  },
  UnsupportedError: {
    prototype: whorl.UnsupportedError.prototype,
    make: (message) => new whorl.UnsupportedError("", message, BLANK),
  },
};

/** What kernels in WebAssembly throw; an engine without a compiler has none of it. */
function ofWasm(): Record<string, ErrorClass> {
  if (typeof WebAssembly === "undefined") return {};
  const { CompileError, LinkError, RuntimeError } = WebAssembly;
  return {
    CompileError: plain(CompileError),
    LinkError: plain(LinkError),
    RuntimeError: plain(RuntimeError),
  };
}

/** A class whose constructor takes a message. */
function plain(
  known: { readonly prototype: object; new (message: string): Error },
): ErrorClass {
  const { prototype } = known;
  return { prototype, make: (message) => new known(message) };
}

const NAMES: ReadonlyMap<object, string> = new Map(
  Object.entries(CLASSES).map((
    [name, known],
  ): [object, string] => [known.prototype, name]),
);

/** Prototype chains of sane classes are much shorter; a proxy's need not end. */
const LONGEST_CHAIN = 64;

/** The name of the nearest known class of an error. */
export function classOf(error: object): string {
  let prototype: object | null = error;
  for (let i = 0; prototype !== null && i < LONGEST_CHAIN; i++) {
    prototype = Object.getPrototypeOf(prototype) as object | null;
    const name = prototype === null ? undefined : NAMES.get(prototype);
    if (name !== undefined) return name;
  }
  return "Error";
}

/** An error of a known class, or a plain one if nobody knows it here. */
export function errorOf(known: string, message: string, name: string): Error {
  const found = Object.hasOwn(CLASSES, known) ? CLASSES[known] : undefined;
  return found === undefined ? new Error(message) : found.make(message, name);
}
