/** The inverse of the normal distribution, against digits from elsewhere. */
import { quantile } from "../../../src/numeric/normal.ts";
import { is, ok } from "../../support/assert.ts";
import { digest } from "../../support/digest.ts";
import { suite } from "../../support/suite.ts";

const test = suite("normal quantile");

// By mpmath 1.3 with 60 digits: Newton's method on erfc.
const KNOWN: [number, number][] = [
  [0, -8.2095361516013868556],
  [1, -8.0765710041301246502],
  [5, -7.9165207124711884015],
  [1000, -7.2413283478103649373],
  // Where the two approximations of the tail meet.
  [62546, -6.6579028543204812886],
  [1048576, -6.2302600632894787267],
  [123456789, -5.4349043706341749421],
  [1099511627776, -3.4871041041143094916],
  [35184372088832, -2.4175590162364998901],
  // Where the tail meets the middle.
  [337769972052787, -1.4395314709384554448],
  [337769972052788, -1.4395314709384538762],
  [1125899906842624, -0.67448975019608139383],
  [2250700302057472, -0.00061196983180864229055],
  [2251799813685247, -2.7829164246717669222e-16],
];
const LAST = 2 ** 52 - 1;

for (const [bits, value] of KNOWN) {
  test(`share ${bits} is right to the last digits, and so is its mirror`, () => {
    const found = quantile(bits);
    ok(Math.abs(found / value - 1) < 1e-15, `found ${found}`);
    is(quantile(LAST - bits), -found);
  });
}

test("shares in order have deviates in order", () => {
  let before = -Infinity;
  for (let bits = 0; bits <= LAST; bits = Math.ceil(bits * 1.001) + 1) {
    const here = quantile(bits);
    ok(here > before, `at ${bits}`);
    before = here;
  }
});

test("the digits are those of every other runtime", () => {
  const steps = 4096;
  const deviates = new Float64Array(2 * steps);
  let tail = LAST;
  for (let i = 0; i < steps; i++) {
    deviates[i] = quantile(i * 2 ** 40 + 12345);
    // Ever deeper into the tail; not by powers, whose digits differ.
    tail = Math.floor(tail * 0.992);
    deviates[steps + i] = quantile(tail);
  }
  is(digest(deviates), "b193ab5816220c0f");
});
