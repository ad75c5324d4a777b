/**
 * What does one row, or one curve, come to inside this runtime? Started by
 * main.ts, it prints one line of JSON per event behind a mark, since peers
 * print as they like.
 * `--try piscina` only finds out whether that peer answers here at all.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { contest, reasonOf, within } from "./contest.ts";
import { CURVES, draw } from "./curves/mod.ts";
import { MARK, type RunEvent } from "./events.ts";
import { peerNamed } from "./peers/mod.ts";
import { type Case, type Pace, type Row, ROWS } from "./rows/mod.ts";

type Speed = Omit<Pace, "late">;

const QUICK: Speed = { quick: true, rounds: 3, boxMs: 35, warmMs: 60 };
// The codec and the host's paths take half a second to be compiled at their best.
const FULL: Speed = { quick: false, rounds: 5, boxMs: 120, warmMs: 600 };

if (import.meta.main) {
  await main();
  process.exit(0);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      row: { type: "string" },
      curve: { type: "string" },
      try: { type: "string" },
      quick: { type: "boolean", default: false },
      seed: { type: "string", default: "1" },
      skip: { type: "string", default: "{}" },
      seconds: { type: "string", default: "Infinity" },
    },
  });
  if (values.try !== undefined) return await tryOut(values.try);
  const ends = performance.now() + Number(values.seconds) * 1e3;
  const pace: Pace = {
    ...(values.quick ? QUICK : FULL),
    late: () => performance.now() > ends,
  };
  if (values.curve !== undefined) {
    const curve = CURVES.find(({ name }) => name === values.curve);
    if (!curve) throw new Error(`There is no curve ${values.curve}`);
    tell({ event: "begin", name: "whorl", at: curve.name });
    tell({ event: "curve", curve: await draw(curve, pace) });
  } else {
    const row = ROWS.find(({ name }) => name === values.row);
    if (row === undefined) throw new Error(`There is no row ${values.row}`);
    const random = randomFrom(Number(values.seed));
    await runRow(row, { pace, ends }, JSON.parse(values.skip), random);
  }
  tell({ event: "done" });
}

async function runRow(
  row: Row,
  { pace, ends }: { pace: Pace; ends: number },
  without: Readonly<Record<string, string>>,
  random: () => number,
): Promise<void> {
  const cases = row.cases.filter(({ fullOnly }) => !(pace.quick && fullOnly));
  const crews = ({ workers }: Case) => workers ?? (pace.quick ? [2] : [1, 2]);
  let left = cases.reduce((sum, given) => sum + crews(given).length, 0);
  for (const given of cases) {
    const skip = { ...without };
    for (const workers of crews(given)) {
      const at = `${given.name}, ${workers}`;
      // Its part of what is left: the first would leave the last one round.
      const now = performance.now();
      const until = now + (ends - now) / left--;
      const late = () => performance.now() > until;
      const result = await contest(row.name, given, {
        pace: { ...pace, late },
        workers,
        skip,
        random,
        begin: (name) => tell({ event: "begin", name, at }),
      });
      tell({ event: "result", result });
      // Who hangs with one worker is not waited for again with two.
      for (const [name, outcome] of Object.entries(result.outcomes)) {
        if ("reason" in outcome && name !== "whorl") {
          skip[name] = outcome.reason;
        }
      }
    }
  }
}

async function tryOut(name: string): Promise<void> {
  let reason = "";
  try {
    const pool = await within(8_000, peerNamed(name).open(1));
    const answer = await within(8_000, Promise.resolve(pool.call("inc", 1)));
    if (answer !== 2) reason = "wrong answer";
  } catch (error) {
    reason = reasonOf(error);
  }
  tell({ event: "tried", reason });
}

function tell(event: RunEvent): void {
  process.stdout.write(MARK + JSON.stringify(event) + "\n");
}

/** mulberry32: the order of the lanes is random, and the same for one seed. */
function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6D2B79F5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
