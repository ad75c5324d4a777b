/** What is left of a child process on its host. */
import { createKeepAlive } from "../../../src/runtime/mod.ts";
import { Journal, spawnChild } from "../../../src/runtime/process.ts";
import { collected } from "../../support/collected.ts";
import { suite } from "../../support/suite.ts";

const test = suite("child processes");
const program = new URL("../../fixtures/arithmetic.ts", import.meta.url);
const CHILDREN = 12;

test("nothing is kept of a child that has ended", async () => {
  const left: WeakRef<object>[] = [];
  // Children keep no program alive.
  const keepAlive = createKeepAlive();
  keepAlive.hold();
  for (let i = 0; i < CHILDREN; i++) await child(left);
  await collected(left);
  keepAlive.end();
});

/** One child; who listened to it is held by nobody but its streams. */
async function child(left: WeakRef<object>[]): Promise<void> {
  const journal = new Journal();
  await new Promise<void>((resolve) => {
    const listener = { data: () => {}, exit: () => resolve() };
    left.push(new WeakRef(listener));
    spawnChild(program, {
      name: "short",
      env: undefined,
      resourceLimits: undefined,
      journal,
    }, listener);
  });
  journal.close();
}
