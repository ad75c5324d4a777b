/** The initializer as workers get it: its arguments encoded once, read in each. */
import { Encoder } from "../codec/mod.ts";
import type { BootRecord } from "../mail.ts";
import type { Courier } from "./courier.ts";
import type { WorkerSettings } from "./worker_options.ts";

/** @throws CodecError when an argument does not travel */
export function encodeInitializer(
  { initializer, initArgs }: WorkerSettings,
  courier: Courier,
): BootRecord["initializer"] {
  if (initializer === null) return null;
  const encoder = new Encoder(courier);
  encoder.begin();
  encoder.value(initArgs, "initArgs");
  const args = new Uint8Array(encoder.end());
  encoder.copyTo(args, 0);
  return { url: initializer.url, name: initializer.name, args };
}
