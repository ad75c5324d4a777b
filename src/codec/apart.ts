/** The two ends of a message between processes: no memory is shared, so none has a number. */

import { CodecError } from "../errors.ts";
import type { SharedSource } from "./decoder.ts";
import type { Shares } from "./route.ts";

/** Refuses shared memory in messages that leave the process. */
export const APART: Shares & SharedSource = {
  apart: true,
  idOf: refuse,
  knows: refuse,
  bufferOf: refuse,
};

function refuse(): never {
  throw new CodecError(
    "decode",
    "Cannot read a message of another process: it names shared memory",
    { path: "mail" },
  );
}
