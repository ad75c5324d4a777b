/** Values to bytes and back; the only door to this folder. */

export { APART } from "./apart.ts";
export { Encoder } from "./encoder.ts";
export { move, moving } from "./move.ts";
export { failureBytes } from "./failure_bytes.ts";
export type { Shares } from "./route.ts";
export { Decoder } from "./decoder.ts";
export type { SharedSource } from "./decoder.ts";
export { readOutcomes, writeOutcomes } from "./outcomes.ts";
export type { Outcomes } from "./outcomes.ts";
