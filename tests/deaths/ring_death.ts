/** Deaths on the raw rings. */
import type { Order } from "./orders.ts";

/** How one worker of a round dies. */
export interface Death extends Order {
  /** Started tasks that are lost are sent again. */
  readonly retry: boolean;
  readonly work: Work;
  readonly moment: Moment;
  /** Whether a started task is lost with it. */
  readonly loses: boolean;
}

/** What it gets: one task that others could take, three while others are busy, or three of its own. */
export type Work = "one" | "many" | "own";

/** The numbers of the points that a round has to know. */
export interface Numbers {
  readonly awaits: number;
  readonly exited: number;
}

/** Points a worker comes to. */
export interface Survey {
  /** Before it first sleeps. */
  readonly early: ReadonlySet<number>;
  /** Whenever it works. */
  readonly late: Set<number>;
  /** Only when it leaves. */
  readonly last: ReadonlySet<number>;
}

/** When a worker comes to a point. */
export type Moment = keyof Survey;
