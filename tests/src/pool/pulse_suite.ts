/** When the host looks for results and when it sleeps. */
import type { RingHost } from "../../../ring/mod.ts";
import { Pulse } from "../../../src/pool/pulse.ts";
import { cores } from "../../../src/runtime/mod.ts";
import { is } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";

const test = suite("Pulse");

test("the host sleeps after one look where as many workers are awake as there are cores", async () => {
  let turns = 0;
  let end = (): void => {};
  await new Promise<void>((asleep) => {
    const nothing = (): void => {};
    const host = {
      awake: cores(),
      bell: { disarm: nothing, end: nothing },
      hasResults: () => false,
      sleep: () => {
        asleep();
        return { again: false, wait: null };
      },
    };
    const work = {
      outstanding: 1,
      turn: () => {
        turns++;
        return 0;
      },
      publish: nothing,
      audit: nothing,
    };
    const pulse = new Pulse(host as unknown as RingHost, work, false);
    end = () => pulse.end();
    pulse.stir();
  });
  end();
  is(turns, 1);
});
