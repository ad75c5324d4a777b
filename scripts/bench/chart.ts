/**
 * Charts as SVG: bars side by side, and lines over a growing number. Text and
 * grid take the colours of the reader's light or dark page.
 */

/** One bar; a value of null is shown as its label alone. */
export interface Bar {
  readonly name: string;
  readonly value: number | null;
  readonly label: string;
  /** The one the chart is about. */
  readonly ours: boolean;
}

/** Bars that stand together under a heading. */
export interface Group {
  readonly name: string;
  readonly bars: readonly Bar[];
}

/** One line of a chart of lines. */
export interface Line {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

const WIDTH = 720;
const COLOURS = ["#0a7d6c", "#c2571a", "#5b5bd6"];
const STYLE = `<style>text{font:12px system-ui,sans-serif;fill:#24292f}` +
  `.h{font-weight:600}.s{fill:#6e7781}.o{fill:#0a7d6c}.p{fill:#b4bcc5}` +
  `.g{stroke:#d8dee4}@media(prefers-color-scheme:dark){text{fill:#e6edf3}` +
  `.s{fill:#8d96a0}.o{fill:#2fb5a0}.p{fill:#545d68}.g{stroke:#373e47}}</style>`;

/** Horizontal bars, each group on a scale of its own. */
export function bars(
  title: string,
  note: string,
  groups: readonly Group[],
): string {
  const [left, right, step] = [104, 150, 18];
  const parts: string[] = [];
  let y = 46;
  for (const group of groups) {
    parts.push(text(0, y + 12, group.name, "h"));
    y += 20;
    const most = Math.max(...group.bars.map(({ value }) => value ?? 0));
    for (const { name, value, label, ours } of group.bars) {
      const width = (value ?? 0) / (most || 1) * (WIDTH - left - right);
      parts.push(text(left - 8, y + 12, name, ours ? "h" : "", "end"));
      if (value !== null) {
        parts.push(
          `<rect class="${ours ? "o" : "p"}" x="${left}" y="${y + 2}" ` +
            `width="${Math.max(1, width).toFixed(1)}" height="13" rx="2"/>`,
        );
      }
      const at = left + (value === null ? 0 : Math.max(1, width) + 6);
      parts.push(text(at, y + 12, label, value === null ? "s" : ""));
      y += step;
    }
    y += 10;
  }
  return svg(title, note, y, parts);
}

/** Lines over x, both axes logarithmic. */
export function lines(
  title: string,
  note: string,
  given: { x: string; y: string; lines: readonly Line[] },
): string {
  const points = given.lines.flatMap((line) => line.points)
    .filter(({ y }) => y > 0);
  if (points.length === 0) return svg(title, note, 60, []);
  const box = { left: 58, right: WIDTH - 96, top: 72, bottom: 312 };
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const [low, high] = decades(points.map(({ y }) => y));
  const atX = scale([xs[0] ?? 1, xs.at(-1) ?? 1], [box.left, box.right]);
  const atY = scale([low, high], [box.bottom, box.top]);
  const parts: string[] = [];
  for (let mark = low; mark <= high * 1.01; mark *= 10) {
    const y = atY(mark).toFixed(1);
    parts.push(
      `<path class="g" d="M${box.left} ${y}H${box.right}"/>`,
      text(box.left - 8, Number(y) + 4, plain(mark), "s", "end"),
    );
  }
  for (const x of xs) {
    parts.push(text(atX(x), box.bottom + 18, plain(x), "s", "middle"));
  }
  parts.push(text(box.right, box.bottom + 36, given.x, "s", "end"));
  parts.push(text(0, box.top - 16, given.y, "s"));
  given.lines.forEach((line, at) => {
    const colour = COLOURS[at % COLOURS.length];
    const shown = line.points.filter(({ y }) => y > 0);
    const path = shown.map(({ x, y }) =>
      `${atX(x).toFixed(1)} ${atY(y).toFixed(1)}`
    );
    const last = shown.at(-1);
    if (last === undefined) return;
    parts.push(
      `<path d="M${
        path.join("L")
      }" fill="none" stroke="${colour}" stroke-width="2"/>`,
      ...shown.map(({ x, y }) =>
        `<circle cx="${atX(x).toFixed(1)}" cy="${
          atY(y).toFixed(1)
        }" r="3" fill="${colour}"/>`
      ),
      `<rect x="${box.right + 20}" y="${box.top + at * 20 - 9}" width="10" ` +
        `height="10" fill="${colour}"/>`,
      text(box.right + 36, box.top + at * 20, line.name),
    );
  });
  return svg(title, note, box.bottom + 44, parts);
}

function svg(
  title: string,
  note: string,
  height: number,
  parts: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" ` +
    `width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>${STYLE}`,
    text(0, 14, title, "h"),
    text(0, 32, note, "s"),
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

function text(
  x: number,
  y: number,
  words: string,
  kind: string = "",
  anchor: string = "",
): string {
  const given = (kind && ` class="${kind}"`) +
    (anchor && ` text-anchor="${anchor}"`);
  return `<text x="${Math.round(x)}" y="${Math.round(y)}"${given}>${
    escaped(words)
  }</text>`;
}

function escaped(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

/** The powers of ten around these numbers, at least two. */
function decades(values: readonly number[]): [low: number, high: number] {
  const low = 10 ** Math.floor(Math.log10(Math.min(...values)));
  const high = 10 ** Math.ceil(Math.log10(Math.max(...values)));
  return [low, Math.max(high, low * 10)];
}

function scale(
  [from, to]: readonly [number, number],
  [start, end]: readonly [number, number],
): (value: number) => number {
  const whole = Math.log(to / from) || 1;
  return (value) => start + Math.log(value / from) / whole * (end - start);
}

function plain(value: number): string {
  if (value >= 1e6) return `${value / 1e6}M`;
  return value >= 1e3
    ? `${value / 1e3}k`
    : String(Number(value.toPrecision(1)));
}
