/** The bits of many numbers as one text. */
import { createHash } from "node:crypto";

/** Of an array's bytes, which are the same on all machines we have. */
export function digest(
  { buffer, byteOffset, byteLength }: ArrayBufferView,
): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}
