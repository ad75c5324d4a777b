/** What workers run beside tasks, as they get it: arguments encoded once, read in each. */
import { Encoder } from "../codec/mod.ts";
import type { BootRecord, Hook } from "../mail.ts";
import type { Task } from "../task.ts";
import type { Courier } from "./courier.ts";
import type { WorkerSettings } from "./worker_options.ts";

/** @throws CodecError when an argument does not travel */
export function encodeHooks(
  settings: WorkerSettings,
  courier: Courier,
): Pick<BootRecord, "initializer" | "finalizer" | "exceptionHandler"> {
  const { initializer, initArgs, finalizer, exceptionHandler } = settings;
  return {
    initializer: encode(initializer, initArgs, courier),
    finalizer: encode(finalizer, [], courier),
    exceptionHandler: encode(exceptionHandler, [], courier),
  };
}

function encode(
  task: Task | null,
  given: readonly unknown[],
  courier: Courier,
): Hook | null {
  if (task === null) return null;
  const encoder = new Encoder(courier);
  encoder.begin();
  encoder.value(given, "initArgs");
  const args = encoder.take();
  courier.keepMet();
  return { ...courier.record(task), args, values: [...encoder.foreign] };
}
