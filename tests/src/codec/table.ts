/** Everything that travels. */
import { buffers } from "./buffer_rows.ts";
import { better, errors } from "./error_rows.ts";
import { objects, scalars } from "./object_rows.ts";
import type { Row } from "./row.ts";

export const ROWS: readonly Row[] = [
  ...scalars.map(([name, value]): Row => ({ name, make: () => value })),
  ...objects,
  ...buffers,
  ...errors,
  ...better,
];
