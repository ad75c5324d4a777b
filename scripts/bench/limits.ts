/**
 * Why is what performance.md wants not reached? By row: what the time goes to
 * (results/PROFILES.md shows it) and what bounds it. A row that falls
 * short and stands not here fails the gate.
 */
export const LIMITS: Readonly<Record<string, string>> = {
  seq:
    "bare is two words that two loops change, and nothing else. A call is a " +
    "promise and its continuation in the microtask queue, a cell with its " +
    "arguments and its result, and some ten atomic operations on the way, " +
    "none of which V8 compiles inline. Half of the worker's time is waiting " +
    "for the host (`hasNews`); of the host's, a quarter is looking (`look`, " +
    "`hasPost`, `hasResults`) and an eighth waking a worker that did not wait " +
    "any longer (`knock`).",
  cold:
    "two wakes, as bare is, and on either side some hundred lines of JavaScript " +
    "that no cache holds after a pause: of 230 µs on Node, 110 go by before " +
    "`apply` has returned, 30 of them before the wake and 30 in its system call; " +
    "another 60 to 100 until the task runs and 75 until its result is here. A new " +
    "pool runs this code interpreted; postMessage has less of it. A worker of " +
    "Deno sleeps in its event loop, which costs it 50 to 100 µs more than the " +
    "futex that bare waits on, and could not be ended otherwise.",
  win64:
    "the rings alone, which bare is, move several times as many: what limits " +
    "is the host, which the workers wait for (`hasNews`): promises and their " +
    "garbage, turns of the event loop that it owes the program, wakes " +
    "(`knock`). The absolute figures are of a faster machine.",
  burst:
    "a promise, a call and a cell each, of which the garbage collector takes " +
    "the largest part of the host's time; bare has none of them. The absolute " +
    "figures are of a faster machine.",
  object:
    "both ways a value is walked property by property, in JavaScript, where " +
    "postMessage does it in C++; a call to Node's own serializer costs more " +
    "than it saves (alternatives, codecs).",
  string:
    "a copy into the ring and one out of it, in the fastest way each runtime " +
    "has (alternatives, text). Bun's postMessage has a road of its own for a " +
    "text alone.",
  f64:
    "two copies of the bytes, which is what bare measures; postMessage makes " +
    "as many. What is left is the memory's speed, and the `slice` whose pages " +
    "the kernel has to give.",
  "f64 shared":
    "nothing is copied: what is timed is the sum in the worker, against the " +
    "same sum here, and one wake.",
  numeric:
    "the loop itself, compiled for each task; the grains are claimed from one " +
    "counter, where the peers were split by hand into equal parts, which is " +
    "less work to do and worse when a core is busy. A heavy loop takes half a " +
    "second and is a round: whatever else the cores did in it shows.",
  seed: "no-op: a few hundred calls on four workers take less time than four " +
    "workers on two cores need to be woken. 50 ms: on Deno each of the 13 turns " +
    "of timers is one or two milliseconds late, those of peers as well. " +
    "2 + 200 + 2 ms: so many timers of 2 ms on two cores; bare workers that " +
    "have their tasks already miss it as well.",
  start:
    "of the worker's time half is the runtime's own start (`node:`), as in " +
    "bare; a quarter is compiling 170 KB of modules, and the rest the boot and " +
    "the task's own module, which a bare worker does not have: its first message " +
    "is all it does. On Bun a thread runs its first line after 1.5 ms, which is " +
    "bare, and needs 4.5 more for node:worker_threads, without which no mail can " +
    "be read synchronously. One file for all of it would save 2 ms (src/README.md).",
  crash:
    "a start, as above, after the runtime has reported the end of the one " +
    "before. The callers go on meanwhile, and are answered quickly: with two " +
    "workers they keep both cores busy while the new one starts.",
  idle:
    "64 timers that fire and 64 results that are handed over in one second, " +
    "and each wakes the host from its sleep; postMessage wakes it too, with " +
    "less code.",
  "loop delay":
    "a turn of the event loop that was granted while 64 callers keep both " +
    "cores busy: the percentile is of moments in which another thread had " +
    "the core.",
  memory:
    "the heap of each thread: on Node most of it is room for new objects, " +
    "which V8 enlarges where so much was made, in any worker; the rest are the " +
    "modules of the library, compiled once more, and the worker's rings.",
};
