/**
 * All deaths, or a share of them, inside one runtime; started by
 * scripts/deaths.ts. Writes what they came to as JSON; nothing here asserts,
 * the script says what is wrong.
 */
import { writeFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import type { FiguresRecord } from "./figures.ts";
import { poolMatrix } from "./pool_matrix.ts";
import { ringMatrix } from "./ring_matrix.ts";

/** What a run came to, by the place of the deaths. */
export type Findings = Record<
  "rings" | "threads" | "processes",
  FiguresRecord & { readonly seconds: number }
>;

const { values: options } = parseArgs({
  options: {
    share: { type: "string", default: "1" },
    out: { type: "string", default: "" },
  },
});
const share = Number(options.share);

// What a worker leaves behind is for the pool to report.
const strays: string[] = [];
process.on("unhandledRejection", (error) => strays.push(`stray: ${error}`));
const findings: Findings = {
  rings: await timed(() => ringMatrix(share)),
  threads: await timed(() => poolMatrix({ startMethod: "thread", share })),
  processes: await timed(() => poolMatrix({ startMethod: "process", share })),
};
findings.processes.failures.push(...strays);
const text = JSON.stringify(findings);
if (options.out === "") console.log(text);
else writeFileSync(options.out, text);
// Zombies of Deno keep it alive.
process.exit();

async function timed(
  run: () => Promise<FiguresRecord>,
): Promise<FiguresRecord & { seconds: number }> {
  const began = performance.now();
  const { deaths, missed, deeds, table, failures } = await run();
  const seconds = Math.round((performance.now() - began) / 1000);
  return { deaths, missed, deeds, table, failures, seconds };
}
