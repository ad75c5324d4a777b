/** What does it cost that no task is ever without an owner? */
import type { Alternative } from "./alternative.ts";
import { DATA, HEAD, TAIL, Team } from "./team.ts";

const TASKS = 32_768;
const WAYS: Readonly<Record<string, string>> = {
  "compare-and-swap of the state": "by state",
  "compare-and-swap of HEAD (Vyukov)": "by ticket",
};

export const claims: Alternative = {
  name: "claims",
  question: "In which order does a worker take tasks out of the shared ring?",
  columns: ["task, 1 worker (ns)", "task, 2 workers (ns)"],
  used: "compare-and-swap of the state",
  reason:
    "Vyukov's order is quicker: one compare-and-swap per batch instead of one " +
    "per task. But a worker that is killed behind it holds tasks that no word " +
    "gives an owner, and they are lost.",
  enter() {
    const teams: Team[] = [];
    const rounds = Object.entries(WAYS).map(([name, work]) => {
      const both = [1, 2].map((threads) =>
        new Team(work, threads, { size: TASKS })
      );
      teams.push(...both);
      return [
        name,
        () => Promise.resolve(both.map((team) => taskNs(team))),
      ] as const;
    });
    return Promise.resolve({
      rounds: Object.fromEntries(rounds),
      leave: () => Promise.all(teams.map((team) => team.end())),
    });
  },
};

function taskNs(team: Team): number {
  const { words } = team;
  for (let i = 0; i < TASKS; i++) {
    words[DATA + i] = words[DATA + TASKS + i] = i;
  }
  Atomics.store(words, HEAD, 0);
  Atomics.store(words, TAIL, TASKS);
  const took = team.run(() => {});
  for (let i = 0; i < TASKS; i++) {
    if (words[DATA + TASKS + i] !== -2) {
      throw new Error(`task ${i} was not run`);
    }
  }
  return took * 1e6 / TASKS;
}
