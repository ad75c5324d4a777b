/** One task on every worker. */
import { SingleCall } from "./call.ts";
import type { Intake } from "./intake.ts";
import { type WillDefaults, willOf } from "./will.ts";

/**
 * Calls a task once on the worker of each place, in whatever state it is; if
 * that one ends before it has started the task, its successor runs it. Each
 * call has the pool's timeout and retries of its own.
 */
export function broadcast(
  intake: Intake,
  where: Omit<ConstructorParameters<typeof SingleCall>[0], "taskId">,
  { workers, ...defaults }: WillDefaults & { readonly workers: number },
  args: readonly unknown[],
): Promise<unknown[]> {
  const calls: Promise<unknown>[] = [];
  for (let place = 0; place < workers; place++) {
    calls.push(
      new Promise((resolve, reject) => {
        const taskId = intake.nextId();
        const call = new SingleCall({ ...where, taskId }, resolve, reject);
        call.place = place;
        call.will = willOf(undefined, defaults);
        intake.submit(call, args);
      }),
    );
  }
  return Promise.all(calls);
}
