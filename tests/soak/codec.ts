/** The codec under random values, and under bytes that nobody encoded. */
import process from "node:process";
import { CodecError } from "../../src/errors.ts";
import { decoder, encoder, roundTrip } from "../src/codec/channel.ts";
import { difference } from "../src/codec/difference.ts";
import { randomValue } from "../src/codec/random_value.ts";
import type { Rng } from "../support/rng.ts";

/** What the codec did. */
export interface CodecFigures {
  roundTrips: number;
  broken: number;
  refused: number;
  /** The longest that one broken message took. */
  longestMs: number;
  /** How much memory the process took at most while it decoded them, over the start. */
  grownMb: number;
  failures: string[];
}

const LOOK_EVERY = 100;
const MOST_MB = 512;
const SLOW_MS = 2000;
/** What a message could reach that every program uses. */
const PROTOTYPES = [Object, Array, Map, Set, Error, Date, Function, Uint8Array]
  .map((Class): object => Class.prototype);

/** Sends `count` values and decodes `count` broken messages. */
export function soakCodec(random: Rng, count: number): CodecFigures {
  const figures: CodecFigures = {
    roundTrips: 0,
    broken: 0,
    refused: 0,
    longestMs: 0,
    grownMb: 0,
    failures: [],
  };
  for (; figures.roundTrips < count; figures.roundTrips++) {
    const value = randomValue(random, 0, []);
    const wrong = difference(roundTrip(value), value);
    if (wrong !== "") {
      figures.failures.push(`value ${figures.roundTrips}: ${wrong}`);
      break;
    }
  }
  const keys = ownKeys();
  const start = process.memoryUsage().rss;
  for (; figures.broken < count; figures.broken++) {
    let wrong = breakOne(random, figures);
    // What has grown or changed stays so until the next look.
    if (wrong === "" && (figures.broken + 1) % LOOK_EVERY === 0) {
      const grown = (process.memoryUsage().rss - start) / 2 ** 20;
      figures.grownMb = Math.round(Math.max(figures.grownMb, grown));
      if (figures.grownMb > MOST_MB) wrong = `it took ${figures.grownMb} MB`;
      if (ownKeys() !== keys) wrong = "a prototype has changed";
    }
    if (wrong !== "") {
      figures.failures.push(`message ${figures.broken}: ${wrong}`);
      break;
    }
  }
  return figures;
}

function ownKeys(): string {
  return PROTOTYPES.map((one) => Reflect.ownKeys(one).length).join();
}

/** Decodes one broken message; answers what was wrong with that. */
function breakOne(random: Rng, figures: CodecFigures): string {
  const failing = random.below(4) === 0;
  const message = random.below(2) === 0
    ? noise(random)
    : forged(random, failing);
  const cut = random.below(3) === 0;
  const began = performance.now();
  try {
    decoder.begin(
      message,
      0,
      cut ? random.below(message.length + 1) : message.length,
    );
    if (failing) decoder.failure();
    else decoder.value();
  } catch (error) {
    if (!(error instanceof CodecError)) return String(error);
    figures.refused++;
  }
  const ms = performance.now() - began;
  figures.longestMs = Math.max(figures.longestMs, Math.round(ms));
  return ms > SLOW_MS ? `it took ${ms} ms` : "";
}

function noise(random: Rng): Uint8Array {
  return Uint8Array.from(
    { length: random.below(64) },
    () => random.below(3) === 0 ? random.below(256) : random.below(31),
  );
}

/** A real message with some bytes changed. */
function forged(random: Rng, failing: boolean): Uint8Array {
  encoder.begin();
  if (failing) {
    const cause = new TypeError("y");
    const code = randomValue(random, 1, []);
    encoder.failure(Object.assign(new Error("x", { cause }), { code }));
  } else encoder.value(randomValue(random, 0, []), "args");
  const message = new Uint8Array(encoder.end());
  encoder.copyTo(message, 0);
  for (let flips = random.between(1, 6); flips > 0; flips--) {
    message[random.below(message.length)] = random.below(4) === 0
      ? 255
      : random.below(256);
  }
  return message;
}
