/** The first module of a guard: see startGuard in src/runtime/child.ts. */
import { killSelf, watchHost } from "../src/runtime/child.ts";
import {
  after,
  createKeepAlive,
  type Port,
  threadData,
} from "../src/runtime/mod.ts";

/** How long a process may take to end by itself when its host is gone. */
const GRACE_MS = 500;

const keepAlive = createKeepAlive();
watchHost(() => {
  keepAlive.hold();
  after(GRACE_MS, killSelf);
});
threadData<Port>().postMessage("watching", []);
