/** A script without modules of its own: functions are shipped as text. */
import { inline, Pool } from "whorl";

const prices = new Map([["tea", 3], ["milk", 2]]);
declare const path: typeof import("node:path");
const priceOf = inline(
  (file: string): number => prices.get(path.parse(file).name) ?? 0,
  { captures: { prices }, imports: { path: "node:path" } },
);

await using pool = new Pool({ workers: 2 });
console.log(await pool.map(priceOf, ["/a/tea.txt", "/b/milk.txt"]));
