/**
 * The loop of a map into memory, made once per task and kinds of arrays: as
 * text, so that the task is inlined in a loop that calls nothing else and sees
 * one kind of array. Where code must not be made of text it is a plain loop.
 */
import type { TaskFunction } from "./loader.ts";

/** Memory that numbers or bigints lie in. */
type Items = Record<number, unknown>;

/** `output[i] = task(input[i], i)` over a range; `at` is told which item failed. */
export type ItemLoop = (
  from: number,
  to: number,
  output: Items,
  input: Items | null,
  at: (index: number) => void,
) => void;

/** What a loop is made for. */
export interface LoopShape {
  readonly output: ArrayBufferView;
  /** null: the items are the indices. */
  readonly input: ArrayBufferView | null;
  /** Whether the task gets the index as well. */
  readonly indexed: boolean;
}

const loops = new WeakMap<TaskFunction, Map<string, ItemLoop>>();
let made = 0;

/** The loop of a task. */
export function itemLoop(task: TaskFunction, shape: LoopShape): ItemLoop {
  const output = kindOf(shape.output);
  const key = `${output} ${
    shape.input && kindOf(shape.input)
  } ${shape.indexed}`;
  let known = loops.get(task);
  if (known === undefined) loops.set(task, known = new Map());
  let loop = known.get(key);
  if (loop === undefined) {
    const type = typeOf(output);
    loop = make(task, shape, type, refusal(output, type));
    known.set(key, loop);
  }
  return loop;
}

/** The same for a task that is not quick; see QUICK_CALL_MS. */
export function slowItemLoop(
  task: TaskFunction,
  { output, indexed }: LoopShape,
): ItemLoop {
  const kind = kindOf(output);
  const type = typeOf(kind);
  const apart: TaskFunction = (...args) => Reflect.apply(task, undefined, args);
  return plainLoop(apart, indexed, type, refusal(kind, type));
}

type Refuse = (index: number, value: unknown) => never;

function make(
  task: TaskFunction,
  { input, indexed }: LoopShape,
  type: string,
  refuse: Refuse,
): ItemLoop {
  const item = input === null ? "i" : "input[i]";
  // V8 keeps what it learns of code by its text: of two loops with the same
  // one the second is up to three times slower.
  const name = `itemLoop${++made}`;
  try {
    return new Function(
      "task",
      "refuse",
      `"use strict";
return function ${name}(from, to, output, input, at) {
  let i = from;
  try {
    for (; i < to; i++) {
      const value = task(${indexed ? `${item}, i` : item});
      if (typeof value !== "${type}") refuse(i, value);
      output[i] = value;
    }
  } catch (error) {
    at(i);
    throw error;
  }
};`,
    )(task, refuse) as ItemLoop;
  } catch {
    // Code from text is not allowed here.
    return plainLoop(task, indexed, type, refuse);
  }
}

function plainLoop(
  task: TaskFunction,
  indexed: boolean,
  type: string,
  refuse: Refuse,
): ItemLoop {
  const big = type === "bigint";
  return (from, to, output, input, at) => {
    let i = from;
    try {
      for (; i < to; i++) {
        const item = input === null ? i : input[i];
        const value = indexed ? task(item, i) : task(item);
        if (big ? typeof value !== "bigint" : typeof value !== "number") {
          refuse(i, value);
        }
        output[i] = value;
      }
    } catch (error) {
      at(i);
      throw error;
    }
  };
}

// NaN is what a typed array makes of a promise: never without a word.
function refusal(output: string, type: string): Refuse {
  return (index, value) => {
    const found = value === null
      ? "null"
      : typeof value === "object"
      ? Object.prototype.toString.call(value).slice(8, -1)
      : typeof value;
    const hint = found === "Promise"
      ? ", use map without into for tasks that wait"
      : "";
    throw new TypeError(
      `Cannot put the result of item ${index} into a ${output}: expected a ${type}, found ${found}${hint}`,
    );
  };
}

function typeOf(kind: string): "bigint" | "number" {
  return kind.startsWith("Big") ? "bigint" : "number";
}

function kindOf(array: ArrayBufferView): string {
  return Object.prototype.toString.call(array).slice(8, -1);
}
