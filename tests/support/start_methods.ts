/** The start methods that suites run with. */
import type { StartMethod } from "../../mod.ts";

export const startMethods: readonly StartMethod[] = [
  "thread",
  "process",
];
