/** When a long look is tried again. */
import { Probe } from "../../ring/mod.ts";
import { equal, ok } from "../support/assert.ts";
import { suite } from "../support/suite.ts";

const test = suite("Probe");

/** How many short sleeps lie before each of `tries` tries. */
function gaps(probe: Probe, tries: number): number[] {
  return Array.from({ length: tries }, () => {
    let sleeps = 1;
    while (!probe.due()) sleeps++;
    return sleeps;
  });
}

test("Probe.due() tries less and less often while looking does not pay", () => {
  equal(gaps(new Probe(), 8), [1, 1, 2, 4, 8, 16, 16, 16]);
});

test("Probe.paid() lets the next try come soon", () => {
  const probe = new Probe();
  gaps(probe, 6);
  probe.paid();
  ok(!probe.due(), "what was counted stays counted");
  equal(gaps(probe, 3), [15, 1, 2]);
});
