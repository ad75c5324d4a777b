/**
 * The prices of 10,000 options, simulated, against the formula of Black and
 * Scholes. Each option draws from a stream of its own, so the digits depend on
 * nothing but the seed.
 *
 *     node examples/numeric/option_prices.ts --paths 2000
 */
import { shared, tasks } from "whorl";
import { asked, compare, loopAlone } from "./compare.ts";
import { optionAt, price, RATE, SPOT, VOLATILITY } from "./kernels.ts";

const kernels = tasks<typeof import("./kernels.ts")>(
  new URL("./kernels.ts", import.meta.url),
);
const { paths, seed, workers } = asked({ paths: 2000, seed: 1, workers: 0 });
const OPTIONS = 10_000;
const grain = 50;

const prices = await compare({
  workers,
  alone: (told) => {
    const alone = shared(Float64Array, 2 * OPTIONS);
    loopAlone((from, to) => price(from, to, alone, paths, seed), {
      length: OPTIONS,
      grain,
      told,
    });
    return alone;
  },
  pooled: async (pool, told) => {
    const pooled = shared(Float64Array, 2 * OPTIONS);
    const args = [pooled, paths, seed] as const;
    await pool.parallelFor(kernels.price, OPTIONS, args, {
      grain,
      onProgress: told,
    });
    return pooled;
  },
});

/** Φ(x) by Abramowitz and Stegun 26.2.17: seven digits. */
function normalBelow(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const tail = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI) * t *
    (0.31938153 + t *
        (-0.356563782 + t *
            (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return x > 0 ? 1 - tail : tail;
}

function blackScholes(place: number): number {
  const { strike, years } = optionAt(place);
  const spread = VOLATILITY * Math.sqrt(years);
  const d = (Math.log(SPOT / strike) + RATE * years) / spread + spread / 2;
  return SPOT * normalBelow(d) -
    strike * Math.exp(-RATE * years) * normalBelow(d - spread);
}

const errors = Array.from({ length: OPTIONS }, (_, place) =>
  // Where no path ended in the money there is no error to compare with.
  (prices[2 * place]! - blackScholes(place)) /
  Math.max(prices[2 * place + 1]!, 1e-3));
console.log("\nstrike  years  simulated    formula");
for (const place of [1020, 2040, 4960, 7540, 9999]) {
  const { strike, years } = optionAt(place);
  const cells = [prices[2 * place]!, blackScholes(place)];
  console.log(
    `${strike}`.padStart(6) + years.toFixed(2).padStart(7) +
      cells.map((cell) => cell.toFixed(3).padStart(11)).join(""),
  );
}
const within = errors.filter((error) => Math.abs(error) < 2).length;
console.log(
  `\n${(100 * within / OPTIONS).toFixed(1)} % within two standard errors`,
);
