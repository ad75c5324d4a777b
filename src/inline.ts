/**
 * A function shipped as its text, for scripts and notebooks that have no module
 * to name. What the text uses of its surroundings is found when the task is
 * made, not when a worker stumbles over it.
 */
import { Encoder } from "./codec/mod.ts";
import { surroundingsOf } from "./inline_scope.ts";
import { isGlobal, parse, type SyntaxNode } from "./runtime/acorn.ts";
import { toHref } from "./runtime/mod.ts";
import { handleOf, type TaskOf } from "./task.ts";

/** What an inline task uses of its surroundings. */
export interface InlineOptions {
  /**
   * Values by the names the function knows them by. Copied now, as arguments
   * are: what is changed afterwards stays here. A SharedArrayBuffer stays shared.
   */
  readonly captures?: Readonly<Record<string, unknown>>;
  /** Module URLs by the names the function knows the modules by, as `import * as name`. */
  readonly imports?: Readonly<Record<string, URL | string>>;
}

// deno-lint-ignore no-explicit-any
type AnyFunction = (...args: any[]) => unknown;

/**
 * Ships the text of a function, which may use its parameters, globals of the
 * runtime, and what `options` name. Make it once and call it often: every task
 * that is made is kept by the workers.
 *
 *     const scale = inline((n: number) => n * factor, { captures: { factor: 3 } });
 *     await pool.map(scale, [1, 2, 3]);
 *
 * @throws TypeError for something whose text is not enough: it names the free
 * variables, `super` and the like; CodecError for a capture that does not travel
 */
export function inline<A extends unknown[], R>(
  fn: (...args: A) => R,
  options: InlineOptions = {},
): TaskOf<A, R> {
  const name = typeof fn === "function" ? fn.name || "inline" : "inline";
  const action = `make an inline task of ${name}`;
  const text = textOf(fn, action);
  const { captures = {}, imports = {} } = checked(options, action);
  const names = [...Object.keys(captures), ...Object.keys(imports)];
  checkNames(names, action);
  const { node, source } = parsed(text, action);
  const { free, refused } = surroundingsOf(node);
  if (refused.size > 0) {
    throw refusal(
      action,
      `it uses ${[...refused].join(", ")}, which text cannot take along`,
      "write the function into a module and name it with tasks() or task()",
    );
  }
  const missing = [...free].filter((each) =>
    !names.includes(each) && !isGlobal(each)
  );
  if (missing.length > 0) {
    throw refusal(
      action,
      `it uses ${missing.join(", ")} of the surrounding code`,
      "name values in captures and modules in imports",
    );
  }
  const urls = Object.entries(imports).map(([each, url]) =>
    [each, toHref(url)] as const
  );
  return handleOf("inline:", name, {
    source,
    ...encodedCaptures(captures),
    imports: Object.fromEntries(urls),
  }) as unknown as TaskOf<A, R>;
}

function refusal(action: string, found: string, hint: string): TypeError {
  return new TypeError(`Cannot ${action}: ${found}, ${hint}`);
}

function textOf(fn: unknown, action: string): string {
  if (typeof fn !== "function") {
    throw refusal(
      action,
      `expected a function, found ${fn === null ? "null" : typeof fn}`,
      "write inline((n) => …)",
    );
  }
  const kind = Object.prototype.toString.call(fn).slice(8, -1);
  if (kind.endsWith("GeneratorFunction")) {
    throw refusal(
      action,
      "it is a generator, whose result cannot travel",
      "return an array instead",
    );
  }
  const text = Function.prototype.toString.call(fn as AnyFunction);
  if (/^class\b/.test(text)) {
    throw refusal(
      action,
      "it is a class",
      "write a function that makes one and answers something that travels",
    );
  }
  if (/\{\s*\[native code\]\s*\}\s*$/.test(text)) {
    throw refusal(
      action,
      "it is native or bound and has no text",
      "write (...args) => f(...args) and name what that uses",
    );
  }
  return text;
}

function checked(options: InlineOptions, action: string): InlineOptions {
  for (const [what, value] of [["options", options], ...entries(options)]) {
    if (typeof value === "object" && value !== null) continue;
    throw refusal(
      action,
      `${what} must be an object, found ${
        value === null ? "null" : typeof value
      }`,
      "write { captures: { name: value }, imports: { name: url } }",
    );
  }
  const strange = Object.keys(options).find((key) =>
    key !== "captures" && key !== "imports"
  );
  if (strange === undefined) return options;
  throw refusal(
    action,
    `there is no option ${strange}`,
    "there are captures and imports",
  );
}

function entries(options: unknown): [string, unknown][] {
  return Object.entries(options ?? {}).filter(([name, value]) =>
    (name === "captures" || name === "imports") && value !== undefined
  );
}

// They become parameters around the text.
function checkNames(names: readonly string[], action: string): void {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    throw refusal(
      action,
      `${twice} is in captures and in imports`,
      "name it once",
    );
  }
  const wrong = names.find((name) => !isName(name));
  if (wrong === undefined) return;
  throw refusal(
    action,
    `${JSON.stringify(wrong)} is no name a variable can have`,
    "rename it",
  );
}

function isName(name: string): boolean {
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(name)) {
    return false;
  }
  try {
    return parse(`(${name}) => {}`).type === "Program";
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** The function in a text, and an expression whose value it is. */
function parsed(
  text: string,
  action: string,
): { node: SyntaxNode; source: string } {
  try {
    const node = expressionOf(`(${text}\n)`);
    if (/^(Arrow)?FunctionExpression$/.test(node.type)) {
      return { node, source: text };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { node: methodOf(text, action, error), source: wrapped(text) };
  }
  throw refusal(
    action,
    "its text is not that of a function",
    "write inline((n) => …)",
  );
}

// The text of a method is no expression, but it is one in an object.
function methodOf(
  text: string,
  action: string,
  cause: SyntaxError,
): SyntaxNode {
  let object: SyntaxNode;
  try {
    object = expressionOf(`({${text}\n})`);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw refusal(
      action,
      `its text cannot stand alone: ${cause.message}`,
      "write the function into a module and name it with tasks() or task()",
    );
  }
  const [method] = object["properties"] as SyntaxNode[];
  if (method?.["method"] === true && method["computed"] === false) {
    return method["value"] as SyntaxNode;
  }
  throw refusal(
    action,
    "it is a getter, a setter or a method with a computed name",
    "write a function",
  );
}

function wrapped(text: string): string {
  return `Object.values({${text}\n})[0]`;
}

function expressionOf(text: string): SyntaxNode {
  // After "use strict", which makes it what the worker compiles.
  const [, statement] = parse(text)["body"] as SyntaxNode[];
  return statement?.["expression"] as SyntaxNode;
}

/** Values by name as a task carries them. @throws CodecError for one that does not travel */
export function encodedCaptures(captures: object): {
  captures: Uint8Array;
  values: readonly unknown[];
  buffers: readonly unknown[];
} {
  const buffers: unknown[] = [];
  const encoder = new Encoder({
    apart: false,
    // Numbered by each pool that gets the task, see recordOf.
    idOf: (buffer) => {
      const known = buffers.indexOf(buffer);
      return known < 0 ? buffers.push(buffer) - 1 : known;
    },
    knows: () => true,
  });
  encoder.begin();
  encoder.value({ ...captures }, "captures");
  const bytes = encoder.take();
  return { captures: bytes, values: [...encoder.foreign], buffers };
}
