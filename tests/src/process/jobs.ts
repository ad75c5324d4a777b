/** The tasks that processes are tested with. */
import { type Tasks, tasks } from "../../../mod.ts";

export const dying: Tasks<typeof import("../../fixtures/dying.ts")> = tasks(
  new URL("../../fixtures/dying.ts", import.meta.url),
);
export const environment: Tasks<
  typeof import("../../fixtures/environment.ts")
> = tasks(new URL("../../fixtures/environment.ts", import.meta.url));
export const failing: Tasks<typeof import("../../fixtures/failing.ts")> = tasks(
  new URL("../../fixtures/failing.ts", import.meta.url),
);
export const initialized: Tasks<
  typeof import("../../fixtures/modules/initialized.ts")
> = tasks(new URL("../../fixtures/modules/initialized.ts", import.meta.url));
export const location: Tasks<typeof import("../../fixtures/location.ts")> =
  tasks(new URL("../../fixtures/location.ts", import.meta.url));
export const math: Tasks<typeof import("../../fixtures/arithmetic.ts")> = tasks(
  new URL("../../fixtures/arithmetic.ts", import.meta.url),
);
export const meetings: Tasks<typeof import("../../fixtures/meeting.ts")> =
  tasks(new URL("../../fixtures/meeting.ts", import.meta.url));
/** A task that is not there. */
export const missing: never = (initialized as Record<string, unknown>)[
  "missing"
] as never;
export const needy: Tasks<
  typeof import("../../fixtures/modules/needs_preload.ts")
> = tasks(new URL("../../fixtures/modules/needs_preload.ts", import.meta.url));
export const nesting: Tasks<typeof import("../../fixtures/nesting.ts")> = tasks(
  new URL("../../fixtures/nesting.ts", import.meta.url),
);
export const passing: Tasks<typeof import("../../fixtures/passing.ts")> = tasks(
  new URL("../../fixtures/passing.ts", import.meta.url),
);
/** Evaluated before any task module. */
export const preloaded: URL = new URL(
  "../../fixtures/modules/preloaded.ts",
  import.meta.url,
);
