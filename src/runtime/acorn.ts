/**
 * The parser behind `inline`, loaded when that is first called: a program that
 * does not use it pays nothing. Synchronously, because a task is made in one
 * expression.
 */
import { createRequire } from "node:module";
import { UnsupportedError } from "../errors.ts";
import { runtime } from "./detect.ts";

/** A node of a syntax tree, as ESTree has it. */
export interface SyntaxNode {
  readonly type: string;
  readonly [property: string]: unknown;
}

interface Acorn {
  parse(text: string, options: object): SyntaxNode;
}

let acorn: Acorn | null = null;

/** Parses a strict script. @throws SyntaxError, and UnsupportedError without a parser */
export function parse(text: string): SyntaxNode {
  acorn ??= load();
  return acorn.parse(`"use strict";${text}`, {
    ecmaVersion: "latest",
    sourceType: "script",
  });
}

function load(): Acorn {
  try {
    return createRequire(import.meta.url)("acorn") as Acorn;
  } catch (cause) {
    throw new UnsupportedError(
      "parser",
      "Cannot make an inline task: the package acorn, which reads its text, was not found, install it beside whorl",
      { runtime: runtime.name, cause },
    );
  }
}

/** Whether a name means something everywhere in this runtime. */
export function isGlobal(name: string): boolean {
  return name in globalThis;
}
