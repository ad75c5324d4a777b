/** One row per kind of value that travels: buffers and views. */
import { bytes } from "./channel.ts";
import { prepared, type Row } from "./row.ts";

class SubBytes extends Uint8Array {}

export const buffers: readonly Row[] = [
  { name: "ArrayBuffer", make: () => bytes(10).buffer },
  { name: "empty ArrayBuffer", make: () => new ArrayBuffer(0) },
  { name: "ArrayBuffer of 4095", make: () => ["a", bytes(4095).buffer, "b"] },
  { name: "ArrayBuffer of 4096", make: () => ["a", bytes(4096).buffer, "b"] },
  {
    name: "ArrayBuffer of 5001",
    make: () => ["a", bytes(5001).buffer, bytes(4099), "b"],
  },
  {
    name: "ArrayBuffer of 1 MB and 3 bytes",
    make: () => bytes(2 ** 20 + 3).buffer,
  },
  // Behind the one above it may get memory that held its bytes.
  {
    name: "ArrayBuffer of 1 MB of zeros",
    make: () => new ArrayBuffer(2 ** 20),
  },
  {
    name: "resizable",
    make: () =>
      prepared(
        new ArrayBuffer(10, { maxByteLength: 64 }),
        (b) => new Uint8Array(b).fill(7),
      ),
  },
  {
    name: "large resizable",
    make: () =>
      new Uint8Array(new ArrayBuffer(5000, { maxByteLength: 9000 })).fill(3)
        .buffer,
  },
  ...[
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
  ]
    .map((Class): Row => ({
      name: Class.name,
      make: () => Class.from([1, 2, 250]),
    })),
  { name: "BigInt64Array", make: () => BigInt64Array.of(1n, -1n) },
  { name: "BigUint64Array", make: () => BigUint64Array.of(1n, 2n ** 64n - 1n) },
  {
    name: "Float16Array",
    make: () => Float16Array.of(1.5, NaN),
    unless: () => typeof Float16Array === "undefined",
  },
  {
    name: "Float64Array of 64 KB",
    make: () => Float64Array.from({ length: 8192 }, (_, i) => i / 3),
  },
  { name: "DataView", make: () => new DataView(bytes(16).buffer, 3, 5) },
  {
    name: "a view on a part",
    make: () => new Uint16Array(bytes(64).buffer, 8, 4),
  },
  {
    name: "two views on one buffer",
    make: () => {
      const { buffer } = bytes(32);
      return [new Uint8Array(buffer), new Float32Array(buffer, 4, 2), buffer];
    },
  },
  {
    name: "two views on one large buffer",
    make: () => {
      const { buffer } = bytes(8192);
      return { a: new Uint8Array(buffer, 1), b: new DataView(buffer) };
    },
  },
  {
    name: "view met twice",
    make: () => {
      const view = bytes(8);
      return [view, view, view.buffer];
    },
  },
  {
    name: "tracking view",
    make: () => new Uint8Array(new ArrayBuffer(8, { maxByteLength: 64 }), 4),
  },
  {
    name: "tracking view on a full buffer",
    make: () => new Uint8Array(new ArrayBuffer(8, { maxByteLength: 8 })),
  },
  {
    name: "tracking view of length 0",
    make: () => new Uint8Array(new ArrayBuffer(8, { maxByteLength: 64 }), 8),
  },
  {
    name: "tracking DataView",
    make: () => new DataView(new ArrayBuffer(8, { maxByteLength: 64 }), 2),
  },
  {
    name: "fixed view to the end of a resizable",
    make: () => new Uint8Array(new ArrayBuffer(8, { maxByteLength: 64 }), 4, 4),
  },
  {
    name: "fixed DataView to the end of a resizable",
    make: () => new DataView(new ArrayBuffer(8, { maxByteLength: 64 }), 4, 4),
  },
  { name: "subclass of Uint8Array", make: () => SubBytes.of(1, 2) },
  {
    name: "names on a typed array",
    make: () => Object.assign(bytes(2), { x: 1 }),
  },
];
