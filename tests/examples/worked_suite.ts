/** The worked examples: the pool gives the bits of one thread, and of every runtime. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { is, match, ok } from "../support/assert.ts";
import { built } from "../support/runtime.ts";
import { spawnProgram } from "../support/spawn.ts";
import { suite } from "../support/suite.ts";

const test = suite("worked examples");
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47];

// Checksums only where no digit comes from the sines and exponentials of an engine.
const PROGRAMS: readonly [string, string, RegExp, string?][] = [
  [
    "mandelbrot",
    "--width 160 --iterations 200",
    /checksum acb40ae1\n/,
    "mandelbrot.png",
  ],
  [
    "matrices",
    "--size 128",
    /checksum a06d30f9\n.*trace 4135\.132699\n\nrow( +column \d){4}\n( +\d( +\d+\.\d{6}){4}\n){4}$/,
  ],
  ["distances", "--every 40", /same bits[^]* km on average\n[^]* km apart\n/],
  [
    "k_means",
    "--clusters 5 --rounds 4",
    /same bits[^]*places in each: \d/,
    "regions.png",
  ],
  ["option_prices", "--paths 20", /same bits[^]*% within two standard errors/],
];

for (const [name, args, expected, picture] of PROGRAMS) {
  test(`${name}.ts verifies that a pool computes what one thread does`, {
    deadlineMs: 120_000,
  }, async () => {
    const cwd = mkdtempSync(join(tmpdir(), "whorl-example-"));
    try {
      const program = new URL(
        `../../examples/numeric/${name}.${built ? "js" : "ts"}`,
        import.meta.url,
      );
      const run = await spawnProgram(program, {
        args: [...args.split(" "), "--workers", "2"],
        cwd,
        deadlineMs: 100_000,
      });
      is(run.code, 0, run.stderr);
      match(run.stdout, expected);
      if (picture === undefined) return;
      const bytes = readFileSync(join(cwd, picture));
      ok(SIGNATURE.every((byte, at) => bytes[at] === byte));
    } finally {
      rmSync(cwd, { recursive: true });
    }
  });
}
