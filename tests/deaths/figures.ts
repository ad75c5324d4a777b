/** What deaths came to: counts by point and way, and every broken promise. */

/** A death that has not come to its end after so long never will. */
const PATIENCE_MS = 30_000;

/** What is told of a run of deaths. */
export interface FiguresRecord {
  readonly deaths: number;
  /** Orders for a point that no worker came to. */
  readonly missed: number;
  /** Operations on the rings of a pool by workers that were declared dead. */
  readonly deeds: number;
  /** By point and way. */
  readonly table: Record<string, Record<string, number>>;
  readonly failures: string[];
}

/** Executes deaths one after another. */
export class Figures implements FiguresRecord {
  deaths = 0;
  missed = 0;
  deeds = 0;
  readonly table: Record<string, Record<string, number>> = {};
  readonly failures: string[] = [];

  /**
   * One death at the point `name`: `run` answers whether it came to it, and
   * throws when a promise is broken. Whether all promises were kept.
   *
   * @param describe what there is to say of a death that does not end
   */
  async add<D extends { readonly point: number; readonly way: string }>(
    name: string,
    { point: _, ...how }: D,
    run: () => Promise<boolean>,
    describe: () => string,
  ): Promise<boolean> {
    try {
      if (!(await inTime(run, describe))) this.missed++;
      else {
        this.deaths++;
        const row = this.table[name] ??= {};
        row[how.way] = (row[how.way] ?? 0) + 1;
      }
      return true;
    } catch (error) {
      const { stack, message } = error as Error;
      const where = stack?.split("\n").find((line) => /_round/.test(line));
      this.failures.push(
        `at ${name}: ${JSON.stringify(how)}: ${message} ${where?.trim()}`,
      );
      return false;
    }
  }
}

async function inTime(
  run: () => Promise<boolean>,
  describe: () => string,
): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`it did not come to an end: ${describe()}`));
    }, PATIENCE_MS);
  });
  try {
    return await Promise.race([run(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * A share of all deaths at one point, from above 0 to 1 and spread over them,
 * at least one in each way; 0: one of them. `turn`: other ones.
 */
export function some<T extends { readonly way: string }>(
  all: readonly T[],
  share: number,
  turn: number,
): T[] {
  if (share === 0) return one(all, turn);
  const ways = [...new Set(all.map(({ way }) => way))];
  return ways.flatMap((way, at) => {
    const golden = 0.6180339887;
    const mine = all.filter((death) => death.way === way);
    const chosen = mine.filter((_, i) =>
      ((turn + at + i) * golden) % 1 < share
    );
    return chosen.length > 0 ? chosen : one(mine, turn + at);
  });
}

function one<T>(all: readonly T[], turn: number): T[] {
  return all.slice(turn % all.length).slice(0, 1);
}
