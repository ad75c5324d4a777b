/** A scheduler that keeps how many items each chunk of a map had. */
import { LeastLoaded } from "../../mod.ts";

type Schedule = LeastLoaded["scheduleTask"];

/** Places chunks where least is unfinished. */
export class ChunkLog extends LeastLoaded {
  /** Items of each chunk, in the order of their sending. */
  readonly items: number[] = [];

  override scheduleTask(
    ...[id, task, args, options]: Parameters<Schedule>
  ): ReturnType<Schedule> {
    this.items.push(options?.items ?? 0);
    return super.scheduleTask(id, task, args, options);
  }
}
