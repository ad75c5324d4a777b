/** A failure in a message of its own, for the way into another process. */

import { APART } from "./apart.ts";
import { Encoder } from "./encoder.ts";

/** The bytes a decoder reads as a failure; what of it does not travel is left out. */
export function failureBytes(error: unknown): Uint8Array {
  const encoder = new Encoder(APART);
  encoder.begin();
  encoder.failure(error);
  return encoder.take();
}
