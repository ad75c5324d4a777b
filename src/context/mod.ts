/** Start methods. */
export type { Context, Link, LinkOptions } from "./context.ts";
export { threadContext } from "./thread.ts";
