/** One row per kind of value that travels: errors, and what travels better than by structured clone. */
import { prepared, type Row } from "./row.ts";
import { listed, nested, selfCaused } from "./odd_values.ts";

class SubError extends RangeError {}

const DEFECT = "structuredClone of Bun loses the cause";

export const errors: readonly Row[] = [
  ...[
    Error,
    EvalError,
    RangeError,
    ReferenceError,
    SyntaxError,
    TypeError,
    URIError,
  ]
    .map((Class): Row => ({ name: Class.name, make: () => new Class("boom") })),
  { name: "AggregateError", make: () => new AggregateError([1], "all") },
  { name: "Error without a message", make: () => new Error() },
  { name: "Error with an empty message", make: () => new Error("") },
  {
    name: "Error with a number as message",
    make: () => Object.assign(new Error("x"), { message: 7 }),
  },
  {
    name: "Error with properties",
    make: () => Object.assign(new Error("x"), { code: 1 }),
  },
  { name: "subclass of RangeError", make: () => new SubError("x") },
  {
    name: "Error with a name of its own",
    make: () => Object.assign(new TypeError("x"), { name: "Mine" }),
  },
  {
    name: "Error named like another class",
    make: () => Object.assign(new Error("x"), { name: "RangeError" }),
  },
  {
    name: "Error with a stack of its own",
    make: () => Object.assign(new Error("x"), { stack: "here" }),
  },
];

const causes: readonly Row[] = [1, undefined, "text", { a: 1 }].map(
  (cause): Row => {
    const make = () =>
      prepared(new Error("x", { cause }), (error) => error.stack = "s");
    return {
      name: `Error with the cause ${JSON.stringify(cause)}`,
      make,
      expected: make,
      reason: DEFECT,
    };
  },
);

export const better: readonly Row[] = [
  ...causes,
  {
    name: "Error as its own cause",
    make: selfCaused,
    expected: selfCaused,
    reason: `${DEFECT}; Node 20 cannot read its own bytes`,
  },
  {
    name: "5000 deep",
    make: () => nested(5000),
    expected: () => nested(5000),
    reason: "V8 runs out of stack",
  },
  {
    name: "a list of 100,000",
    make: () => listed(100_000),
    expected: () => listed(100_000),
    reason: "V8 runs out of stack",
  },
  {
    name: "a proxy of a plain object",
    make: () => new Proxy({ a: 1 }, {}),
    expected: () => ({ a: 1 }),
    reason: "proxies are refused by all; their properties travel",
  },
  {
    name: "arguments",
    make: function () {
      return (function (..._: number[]) {
        return arguments;
      })(1, 2);
    },
    expected: () => ({ 0: 1, 1: 2 }),
    reason: "refused by all; its properties travel",
  },
];
