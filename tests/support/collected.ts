/** Whether anybody still holds what a test let go of. */
import process from "node:process";
import { setImmediate } from "node:timers";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Collectors that scan stacks may take a number there for an object. */
const MISTAKEN = 5;
/** Collections after which what is left will stay. */
const ROUNDS = 100;

const collect = collector();

function collector(): () => void {
  if (process.versions["bun"]) {
    const { Bun } = globalThis as unknown as {
      Bun: { gc(force: boolean): void };
    };
    return () => {
      // JavaScriptCore's background compiler holds the values a hot loop had
      // until the next hot loop asks whether it is done.
      new Function("let n = 0; for (let i = 0; i < 1e5; i++) n += i % 7;")();
      Bun.gc(true);
    };
  }
  setFlagsFromString("--expose-gc");
  const { gc } = globalThis as { gc?: () => void };
  return gc ?? runInNewContext("gc");
}

/** Resolves when nobody holds any of these, and rejects if somebody goes on to. */
export async function collected(
  left: readonly WeakRef<object>[],
): Promise<void> {
  let held = left;
  for (let round = 0; round < ROUNDS; round++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    collect();
    held = held.filter((one) => one.deref() !== undefined);
    if (held.length <= MISTAKEN) return;
  }
  throw new Error(`${held.length} of ${left.length} are still held`);
}
