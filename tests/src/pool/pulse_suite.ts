/** When the host looks for results, when it sleeps, and whom it wakes then. */
import type { RingHost } from "../../../ring/mod.ts";
import { Pulse } from "../../../src/pool/pulse.ts";
import { cores } from "../../../src/runtime/mod.ts";
import { equal, is, ok } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";

const test = suite("Pulse");
const nothing = (): void => {};

/** A pulse with one call outstanding and no result ever; end it at the end. */
function beat(
  host: Partial<RingHost>,
  turn: () => number = () => 0,
  audit: () => boolean = () => false,
): Pulse {
  const rest = {
    bell: { disarm: nothing, end: nothing },
    hasResults: () => false,
  };
  const pulse = new Pulse(
    Object.assign(host, rest) as unknown as RingHost,
    { outstanding: 1, turn, publish: nothing, audit },
    false,
  );
  pulse.stir();
  return pulse;
}

test("the host sleeps after one look where as many workers are awake as there are cores", async () => {
  let turns = 0;
  let pulse: Pulse | undefined;
  await new Promise<void>((asleep) => {
    pulse = beat({
      awakeWorkers: cores(),
      wakeForAll: () => false,
      sleep: () => {
        asleep();
        return { again: false, wait: null };
      },
    }, () => (turns++, 0));
  });
  pulse?.end();
  is(turns, 1);
});

test("a host that sleeps while tasks wait wakes twice as many workers again and again", async () => {
  const asked: number[] = [];
  let awake = 1;
  let pulse: Pulse | undefined;
  await new Promise<void>((all) => {
    pulse = beat({
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
  pulse?.end();
  equal(asked, [2, 4, 8]);
});

const still: Partial<RingHost> = {
  awakeWorkers: cores(),
  wakeForAll: () => false,
  sleep: () => ({ again: false, wait: null }),
};

for (
  const [what, audit] of [
    ["calls are sent", (pulse: Pulse) => (pulse.stir(), false)],
    ["more is to be expected", () => true],
  ] as const
) {
  test(`audits come more often where ${what} than where nothing happens`, async () => {
    const busy = beat({ ...still }, undefined, () => audit(busy));
    let quiet: Pulse | undefined;
    await new Promise<void>((fourth) => {
      quiet = beat({ ...still }, undefined, () => {
        if (quiet?.audits === 4) fourth();
        return false;
      });
    });
    busy.end();
    quiet?.end();
    ok(busy.audits > 5, `${busy.audits} audits`);
  });
}
