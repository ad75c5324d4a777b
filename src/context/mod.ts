/** Start methods. */
export {
  type Context,
  type Link,
  type LinkOptions,
  type Signal,
  SIGNAL_CODES,
} from "./context.ts";
export { threadContext } from "./thread.ts";
export {
  chooseContext,
  getContext,
  setStartMethod,
  type StartMethod,
} from "./start_method.ts";
