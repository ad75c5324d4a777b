/** Many errors made at one place. */
import { alike } from "../../../src/pool/alike.ts";
import { equal, is, match, not, ok, throws } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";

const test = suite("errors made alike");

test("each is an error of its own with its own message, all have the stack of the first", () => {
  const make = alike((n: number) => new RangeError(`no ${n}`));
  const [one, two, three] = [make(1), make(2), make(3)] as const;
  not(one === two || two === three);
  ok(three instanceof RangeError);
  equal([one, two, three].map((error) => error.message), [
    "no 1",
    "no 2",
    "no 3",
  ]);
  match(String(one.stack), "alike_suite");
  is(two.stack, one.stack?.replace("no 1", "no 2"));
  is(three.stack, one.stack?.replace("no 1", "no 3"));
});

test("how deep stacks are is as it was afterwards, also if the maker fails", () => {
  const settings = Error as { stackTraceLimit?: number };
  const before = settings.stackTraceLimit;
  const make = alike((n: number) => {
    if (n === 2) throw new TypeError("made none");
    return new Error(`no ${n}`);
  });
  make(1);
  throws(() => make(2), TypeError, "made none");
  make(3);
  is(settings.stackTraceLimit, before);
  match(String(new Error("x").stack), "alike_suite");
});
