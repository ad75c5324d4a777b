/** Whether anybody still holds what a test let go of. */
import process from "node:process";
import { setImmediate } from "node:timers";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Collectors that scan stacks may take a number there for an object. */
const MISTAKEN = 5;

const collect = collector();

function collector(): () => void {
  if (process.versions["bun"]) {
    const { Bun } = globalThis as unknown as {
      Bun: { gc(force: boolean): void };
    };
    return () => Bun.gc(true);
  }
  setFlagsFromString("--expose-gc");
  const { gc } = globalThis as { gc?: () => void };
  return gc ?? runInNewContext("gc");
}

/** Resolves when nobody holds any of these; never while somebody does. */
export async function collected(
  left: readonly WeakRef<object>[],
): Promise<void> {
  for (;;) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    collect();
    const held = left.filter((one) => one.deref() !== undefined);
    if (held.length <= MISTAKEN) return;
  }
}
