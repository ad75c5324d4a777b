/**
 * Runs the suites inside one runtime. Started once per runtime by
 * scripts/test.ts; by hand: `node tests/main.ts ring --seed 7`.
 */
import { readdirSync } from "node:fs";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { setSeed } from "./support/rng.ts";
import { leftovers, load, runAll, stray } from "./support/suite.ts";
import { asError, Tally } from "./support/tally.ts";

const { values: options, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: {
    /** Where verdicts go, for scripts/test.ts. */
    report: { type: "string" },
    seed: { type: "string", default: "1" },
    /** Another folder of suites, for tests of this program. */
    in: { type: "string" },
  },
});

const root = options.in
  ? pathToFileURL(options.in + "/")
  : new URL("./", import.meta.url);
const tally = new Tally(options.report);
let complete = false;

setSeed(Number(options.seed));
process.on("unhandledRejection", stray);
process.on("uncaughtException", stray);
process.on("exit", (code) => {
  if (complete) return;
  console.error(`The process ended with ${code} before all tests had run`);
  process.exitCode = 1;
});
await main();

async function main(): Promise<void> {
  const paths = findSuites();
  if (paths.length === 0) {
    tally.fail("main", `no suite matches ${filters.join(" ")}`, "no suite");
  }
  for (const path of paths) {
    const name = path.replace(/_suite\.[jt]s$/, "");
    try {
      const declared = await load(name, new URL(path, root));
      if (declared === 0) tally.fail(name, "declares tests", "no test");
    } catch (error) {
      tally.fail(name, "is imported", error);
    }
  }
  await runAll(tally);
  for (const error of leftovers()) {
    tally.fail("main", "nothing fails after the last test", asError(error));
  }
  const [passed, failed] = [tally.count("passed"), tally.count("failed")];
  tally.done();
  complete = true;
  const clean = failed === 0 && passed > 0 && !process.exitCode;
  if (!options.report) {
    console.log(`${passed} passed, ${failed} failed (seed ${options.seed})`);
  }
  // Not left to the event loop: a leak of one test must not hang the run.
  process.exit(clean ? 0 : 1);
}

function findSuites(): string[] {
  return readdirSync(fileURLToPath(root), { recursive: true })
    .map((path) => String(path).replaceAll("\\", "/"))
    .filter((path) => /_suite\.[jt]s$/.test(path))
    .filter((path) => !/(^|\/)fixtures\//.test(path))
    .filter((path) =>
      filters.length === 0 || filters.some((filter) => path.includes(filter))
    )
    .sort();
}
