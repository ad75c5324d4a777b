/** One task on every worker. */
import { SingleCall } from "./call.ts";
import type { Intake } from "./intake.ts";

/**
 * Calls a task once on the worker of each place, in whatever state it is; if
 * that one ends before it has started the task, its successor runs it.
 */
export function broadcast(
  intake: Intake,
  where: Omit<ConstructorParameters<typeof SingleCall>[0], "taskId">,
  places: number,
  args: readonly unknown[],
): Promise<unknown[]> {
  const calls: Promise<unknown>[] = [];
  for (let place = 0; place < places; place++) {
    calls.push(
      new Promise((resolve, reject) => {
        const taskId = intake.nextId();
        const call = new SingleCall({ ...where, taskId }, resolve, reject);
        call.place = place;
        intake.submit(call, args);
      }),
    );
  }
  return Promise.all(calls);
}
