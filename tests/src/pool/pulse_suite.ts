/** When the host looks for results, when it sleeps, and whom it wakes then. */
import type { RingHost } from "../../../ring/mod.ts";
import { Pulse } from "../../../src/pool/pulse.ts";
import { cores } from "../../../src/runtime/mod.ts";
import { equal, is } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";

const test = suite("Pulse");
const nothing = (): void => {};

/** A pulse with one call outstanding and no result ever; call what is returned at the end. */
function beat(
  host: Partial<RingHost>,
  turn: () => number = () => 0,
): () => void {
  const rest = {
    bell: { disarm: nothing, end: nothing },
    hasResults: () => false,
  };
  const pulse = new Pulse(
    Object.assign(host, rest) as unknown as RingHost,
    { outstanding: 1, turn, publish: nothing, audit: nothing },
    false,
  );
  pulse.stir();
  return () => pulse.end();
}

test("the host sleeps after one look where as many workers are awake as there are cores", async () => {
  let turns = 0;
  let end = nothing;
  await new Promise<void>((asleep) => {
    end = beat({
      awakeWorkers: cores(),
      wakeForAll: () => false,
      sleep: () => {
        asleep();
        return { again: false, wait: null };
      },
    }, () => (turns++, 0));
  });
  end();
  is(turns, 1);
});

test("a host that sleeps while tasks wait wakes twice as many workers again and again", async () => {
  const asked: number[] = [];
  let awake = 1;
  let end = nothing;
  await new Promise<void>((all) => {
    end = beat({
      get awakeWorkers() {
        return awake;
      },
      wakeForAll: (wanted = Infinity) => {
        if (wanted === 0) return true;
        asked.push(awake = wanted);
        if (awake === 8) all();
        return true;
      },
      sleep: () => ({ again: false, wait: null }),
    });
  });
  end();
  equal(asked, [2, 4, 8]);
});
