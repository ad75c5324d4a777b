/** How many strings of 1 KB a second go to a worker and back? */
import { flood } from "./lanes.ts";
import type { Case, Row } from "./row.ts";

const ASCII = "The quick brown fox jumps over the lazy dog. ".repeat(23)
  .slice(0, 1024);
/** 1 KB as UTF-8: each of these takes two bytes, one of them with a space. */
const OTHER = "Съешь ещё этих мягких французских булок".repeat(15)
  .slice(0, 530);

function echo(name: string, argument: string): Case {
  return {
    name,
    unit: "/s",
    bounds: [{ of: "postMessage", least: 1.5 }],
    enter: (peer, workers, pace) =>
      flood(peer, workers, pace, { job: "echo", argument, most: 20_000 }),
  };
}

export const string: Row = {
  name: "string",
  cases: [echo("string ASCII", ASCII), echo("string non-ASCII", OTHER)],
};
