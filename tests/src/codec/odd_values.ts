/** Values that are hard to make. */
import { bytes } from "./channel.ts";
import { prepared } from "./row.ts";

/** A getter that never returns but by running out of stack. */
export function recursive(): unknown {
  // Not a tail call: JavaScriptCore would turn it into a loop.
  const again = (): number => 1 + again();
  return {
    get value() {
      return again();
    },
  };
}

export function detached(): ArrayBuffer {
  const { buffer } = bytes(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}

/** Objects, arrays, maps and sets by turns. */
export function nested(depth: number): unknown {
  let value: unknown = "bottom";
  for (let i = 0; i < depth; i++) {
    const sort = i % 7;
    if (sort === 3) value = [i, value];
    else if (sort === 4) value = new Map([["k", value]]);
    else if (sort === 5) value = new Set([value]);
    else value = { i, value, after: i };
  }
  return value;
}

export function listed(length: number): unknown {
  let next: unknown = null;
  for (let i = 0; i < length; i++) next = { next };
  return next;
}

export function deepCycle(depth: number): unknown {
  const root: Record<string, unknown> = {};
  let at = root;
  for (let i = 0; i < depth; i++) {
    const next: Record<string, unknown> = { root, up: at };
    at["down"] = next;
    at = next;
  }
  return root;
}

export function selfCaused(): Error {
  const error = prepared(new Error("x"), (made) => made.stack = "s");
  Object.defineProperty(error, "cause", {
    value: error,
    writable: true,
    configurable: true,
  });
  return error;
}
