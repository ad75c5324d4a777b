/** Whether two values are the same to the last detail that a program can see. */

/** The first difference between two values, identity included; "" if there is none. */
export function difference(left: unknown, right: unknown): string {
  const pairs: [unknown, unknown, string][] = [[left, right, "value"]];
  const twins = new Map<unknown, unknown>();
  const back = new Map<unknown, unknown>();
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const [a, b, path] = pair;
    if (
      typeof a !== "object" || a === null || typeof b !== "object" || b === null
    ) {
      if (!Object.is(a, b)) {
        return `${path}: ${String(a).slice(0, 50)} is not ${
          String(b).slice(0, 50)
        }`;
      }
      continue;
    }
    if (twins.has(a) || back.has(b)) {
      if (twins.get(a) !== b || back.get(b) !== a) {
        return `${path}: not the same object as elsewhere`;
      }
      continue;
    }
    twins.set(a, b);
    back.set(b, a);
    const wrong = unlike(
      a,
      b,
      (x, y, step) =>
        pairs.push([x, y, path.length < 200 ? path + step : path]),
    );
    if (wrong !== "") return `${path}: ${wrong}`;
  }
  return "";
}

type Compare = (left: unknown, right: unknown, step: string) => void;

/** How two objects differ in themselves; what they hold is handed on. */
function unlike(a: object, b: object, compare: Compare): string {
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) {
    return `prototypes ${String(a)} and ${String(b)}`;
  }
  const brand = Object.prototype.toString.call(b);
  if (Object.prototype.toString.call(a) !== brand) return "brand";
  if (a instanceof Error && b instanceof Error) {
    return unlikeErrors(a, b, compare);
  }
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) {
    compare(a.byteOffset, b.byteOffset, ".byteOffset");
    compare(a.byteLength, b.byteLength, ".byteLength");
    compare(a.buffer, b.buffer, ".buffer");
    return "";
  }
  if (a instanceof ArrayBuffer && b instanceof ArrayBuffer) {
    compare(a.resizable, b.resizable, ".resizable");
    compare(a.maxByteLength, b.maxByteLength, ".maxByteLength");
    const [x, y] = [new Uint8Array(a), new Uint8Array(b)];
    return x.length === y.length && x.every((byte, i) => byte === y[i])
      ? ""
      : "content";
  }
  if (a instanceof Map && b instanceof Map) {
    compare([...a].flat(1).length, [...b].flat(1).length, ".size");
    const others = [...b];
    [...a].forEach(([key, value], i) => {
      compare(key, others[i]?.[0], `<key ${i}>`);
      compare(value, others[i]?.[1], `<value ${i}>`);
    });
  }
  if (a instanceof Set && b instanceof Set) {
    const others = [...b];
    compare(a.size, b.size, ".size");
    [...a].forEach((member, i) => compare(member, others[i], `<member ${i}>`));
  }
  if (/Number|String|Boolean|BigInt|Date/.test(brand)) {
    compare(a.valueOf(), b.valueOf(), ".valueOf()");
  }
  if (a instanceof RegExp && b instanceof RegExp) {
    compare(String(a), String(b), "");
  }
  const keys = Reflect.ownKeys(a).map(String);
  const others = Reflect.ownKeys(b).map(String);
  if (keys.join() !== others.join()) {
    return `keys ${keys.join().slice(0, 80)} instead of ${
      others.join().slice(0, 80)
    }`;
  }
  for (const key of Reflect.ownKeys(a)) {
    const x = Object.getOwnPropertyDescriptor(a, key)!;
    const y = Object.getOwnPropertyDescriptor(b, key)!;
    if (x.enumerable !== y.enumerable || x.writable !== y.writable) {
      return `attributes of ${String(key)}`;
    }
    compare(x.value, y.value, `.${String(key)}`);
  }
  return "";
}

/** Bun adds the place of construction as properties of every error; those are left out. */
function unlikeErrors(a: Error, b: Error, compare: Compare): string {
  for (const key of ["name", "message", "stack", "cause"] as const) {
    if (key !== "stack" && Object.hasOwn(a, key) !== Object.hasOwn(b, key)) {
      return `own ${key}`;
    }
    if (Object.getOwnPropertyDescriptor(a, key)?.enumerable) {
      return `${key} is enumerable`;
    }
    compare(a[key], b[key], `.${key}`);
  }
  return Object.keys(a).join() === Object.keys(b).join() ? "" : "keys";
}
