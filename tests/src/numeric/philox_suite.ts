/** The published vectors of the bijection. */
import { high, Philox } from "../../../src/numeric/philox.ts";
import { equal, is } from "../../support/assert.ts";
import { rng } from "../../support/rng.ts";
import { suite } from "../../support/suite.ts";

const test = suite("Philox");

// Random123 1.14, tests/kat_vectors, rows "philox4x32 10": counter, key, block.
const VECTORS = [
  "00000000 00000000 00000000 00000000 00000000 00000000 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
  "ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff 408f276d 41c83b0e a20bc7c6 6d5451fd",
  "243f6a88 85a308d3 13198a2e 03707344 a4093822 299f31d0 d16cfe09 94fdcceb 5001e420 24126ea1",
];

for (const vector of VECTORS) {
  test(`known answer ${vector.slice(0, 8)}`, () => {
    const words = vector.split(" ").map((word) => parseInt(word, 16));
    const [c0, c1, c2, c3, k0, k1, ...block] = words as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    // As unsigned and as signed words.
    for (const philox of [new Philox(k0, k1), new Philox(k0 | 0, k1 | 0)]) {
      philox.block(c0, c1, c2, c3);
      const { a, b, c, d } = philox;
      equal([a, b, c, d].map((word) => word >>> 0), block);
      philox.block(c0 | 0, c1 | 0, c2 | 0, c3 | 0);
      is(philox.a, a);
    }
  });
}

test("the upper half of a product is that of the exact product", () => {
  const edges = [0, 1, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff];
  const draw = rng("philox");
  const words = [...edges, ...Array.from({ length: 200 }, () => draw.uint32())];
  for (const one of words) {
    for (const other of words) {
      const upper = Number((BigInt(one) * BigInt(other)) >> 32n);
      is(high(one, other >>> 16, other & 0xffff) >>> 0, upper);
      is(high(one | 0, other >>> 16, other & 0xffff) >>> 0, upper);
    }
  }
});
