/**
 * Rewrites JavaScript so that functions that reach `Atomics` become
 * generators. It inserts and replaces text where the syntax tree says, so that
 * everything else stays what it was.
 */
import { type Node, parse } from "acorn";

type Tree = Node & Record<string, unknown>;

const PRELUDE = `"use strict";
const { op: __op, now: __now, get: __get, put: __put, SharedArrayBuffer, Promise } = __hooks;
const __run = (steps) => {
  for (let at = steps.next();;) {
    if (at.done) return at.value;
    at = steps.next(__now(at.value));
  }
};
function __unread(op) { op.unread = true; return op; }
function __label(label, value) { return value; }
function* __maybe(steps) { return steps === undefined ? undefined : yield* steps; }
function* __map(items, each, self) {
  const all = [];
  for (let i = 0; i < items.length; i++) all.push(yield* each.call(self, items[i], i));
  return all;
}
`;

/** The code as a function body that answers its exports. */
export function toSteps(code: string): string {
  const program = parse(code, {
    ecmaVersion: "latest",
    sourceType: "module",
  }) as unknown as Tree;
  const editor = new Editor(code, reachingNames(program));
  editor.visit(program, { kind: "top" });
  return PRELUDE + editor.text();
}

function isNode(value: unknown): value is Tree {
  return typeof (value as Tree | null)?.type === "string";
}

function childrenOf(node: Tree): Tree[] {
  const all: Tree[] = [];
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) all.push(...value.filter(isNode));
    else if (isNode(value)) all.push(value);
  }
  return all;
}

/** The name a call goes by, private ones with their sign. */
function calledName(call: Tree): string {
  const callee = call["callee"] as Tree;
  if (callee.type === "Identifier") return callee["name"] as string;
  if (callee.type !== "MemberExpression") return "";
  return keyName(callee["property"] as Tree);
}

function keyName(key: Tree): string {
  const name = key["name"] as string ?? "";
  return key.type === "PrivateIdentifier" ? `#${name}` : name;
}

function isAtomics(call: Tree): boolean {
  const callee = call["callee"] as Tree;
  return callee.type === "MemberExpression" &&
    (callee["object"] as Tree)["name"] === "Atomics";
}

/** Names of functions from which an Atomics call is reached. */
function reachingNames(program: Tree): Set<string> {
  const calls = new Map<string, Set<string>>();
  const note = (node: Tree, name: string): void => {
    if (node.type === "MethodDefinition") name = keyName(node["key"] as Tree);
    if (node.type === "FunctionDeclaration") {
      name = (node["id"] as Tree)["name"] as string;
    }
    if (node.type === "CallExpression") {
      const called = isAtomics(node) ? "Atomics" : calledName(node);
      const known = calls.get(name) ?? new Set();
      calls.set(name, known.add(called));
    }
    for (const child of childrenOf(node)) note(child, name);
  };
  note(program, "");
  // `new` is no call: constructors run at once.
  calls.delete("constructor");
  const reaching = new Set(["Atomics"]);
  for (let size = 0; size !== reaching.size;) {
    size = reaching.size;
    for (const [name, called] of calls) {
      if ([...called].some((one) => reaching.has(one))) reaching.add(name);
    }
  }
  reaching.delete("");
  return reaching;
}

/** Where code stands: in a generator, in a constructor, or in neither. */
interface Place {
  readonly kind: "top" | "steps" | "constructor" | "plain";
}

class Editor {
  readonly #code: string;
  readonly #reaching: Set<string>;
  /** Calls whose result nobody looks at. */
  readonly #unread = new Set<Tree>();
  readonly #edits: { from: number; to: number; text: string }[] = [];

  constructor(code: string, reaching: Set<string>) {
    this.#code = code;
    this.#reaching = reaching;
  }

  text(): string {
    // Stable: what was inserted at one place first stands first there.
    this.#edits.sort((one, two) => one.from - two.from);
    let [out, at] = ["", 0];
    for (const { from, to, text } of this.#edits) {
      out += this.#code.slice(at, from) + text;
      at = to;
    }
    return out + this.#code.slice(at);
  }

  visit(node: Tree, place: Place): void {
    if (node.type === "PrivateIdentifier") return this.#bare(node);
    if (node.type === "ExpressionStatement") {
      this.#unread.add(node["expression"] as Tree);
    }
    if (node.type === "MethodDefinition") return this.#method(node, place);
    if (node.type === "FunctionDeclaration") {
      const name = (node["id"] as Tree)["name"] as string;
      const steps = this.#reaching.has(name);
      if (steps) this.#insert(node.start + "function".length, "*");
      return this.#inside(node, { kind: steps ? "steps" : "plain" });
    }
    if (node.type === "ArrowFunctionExpression") {
      return this.#inside(node, { kind: "plain" });
    }
    if (node.type === "ExportNamedDeclaration") return this.#exports(node);
    if (node.type === "ChainExpression") {
      const call = node["expression"] as Tree;
      if (call.type === "CallExpression" && this.#reaches(call)) {
        return this.#wrap(
          node,
          place,
          "__maybe(",
          ")",
          () => this.#inside(call, place),
        );
      }
    }
    if (node.type === "CallExpression") return this.#call(node, place);
    if (isShared(node)) return this.#read(node, place);
    if (
      node.type === "AssignmentExpression" && isShared(node["left"] as Tree)
    ) return this.#write(node, place);
    this.#inside(node, place);
  }

  // Private fields can be read from outside, for digests.
  #bare({ start }: Tree): void {
    this.#edits.push({ from: start, to: start + 1, text: "$" });
  }

  #method(node: Tree, place: Place): void {
    const name = keyName(node["key"] as Tree);
    const steps = this.#reaching.has(name);
    if (steps && node["kind"] === "get") throw new Error(`${name} is a getter`);
    if (steps) this.#insert((node["key"] as Tree).start, "*");
    if (node["kind"] === "constructor") place = { kind: "constructor" };
    else place = { kind: steps ? "steps" : "plain" };
    this.#inside(node, place);
  }

  #inside(node: Tree, place: Place): void {
    for (const child of childrenOf(node)) this.visit(child, place);
  }

  #insert(at: number, text: string): void {
    this.#edits.push({ from: at, to: at, text });
  }

  #reaches(call: Tree): boolean {
    return !isAtomics(call) && this.#reaching.has(calledName(call));
  }

  #call(node: Tree, place: Place): void {
    if (isAtomics(node)) {
      const callee = node["callee"] as Tree;
      const object = callee["object"] as Tree;
      const inside = (): void => {
        const { start: from, end: to } = object;
        this.#edits.push({ from, to, text: "__op" });
        this.#inside(node, place);
      };
      if (place.kind === "constructor") {
        return this.#around(node, "__now(", ")", inside);
      }
      this.#demand(node, place);
      const unread = this.#unread.has(node);
      const [open, close] = unread
        ? ["(yield __unread(", "))"]
        : ["(yield ", ")"];
      return this.#around(node, open, close, inside);
    }
    if (this.#reaches(node)) {
      return this.#wrap(node, place, "", "", () => this.#inside(node, place));
    }
    if (this.#mapsSteps(node)) return this.#mapCall(node, place);
    this.#inside(node, place);
  }

  #demand(node: Tree, place: Place): void {
    if (place.kind !== "steps") this.#refuse(node, "a step in no generator");
  }

  #refuse(node: Tree, why: string): never {
    const text = this.#code.slice(node.start, node.end);
    throw new Error(`Cannot make steps of ${why}: ${text}`);
  }

  #wrap(
    node: Tree,
    place: Place,
    open: string,
    close: string,
    inside: () => void,
  ): void {
    if (place.kind === "constructor") {
      return this.#around(node, `__run(${open}`, `${close})`, inside);
    }
    this.#demand(node, place);
    this.#around(node, `(yield* ${open}`, `${close})`, inside);
  }

  #around(node: Tree, open: string, close: string, inside: () => void): void {
    this.#insert(node.start, open);
    inside();
    this.#insert(node.end, close);
  }

  // `items.map((item) => this.steps(item))`
  #mapsSteps(node: Tree): boolean {
    const [each] = node["arguments"] as Tree[];
    if (calledName(node) !== "map" || !each) return false;
    const body = each["body"] as Tree;
    return body?.type === "CallExpression" && this.#reaches(body);
  }

  #mapCall(node: Tree, place: Place): void {
    this.#demand(node, place);
    const each = (node["arguments"] as Tree[])[0] as Tree;
    const items = (node["callee"] as Tree)["object"] as Tree;
    const body = each["body"] as Tree;
    const params = each["params"] as Tree[];
    const names = params.map((one) => this.#code.slice(one.start, one.end));
    this.#insert(node.start, "(yield* __map(");
    this.visit(items, place);
    const open = `, function* (${names.join(", ")}) { return `;
    this.#edits.push({ from: items.end, to: body.start, text: open });
    this.visit(body, { kind: "steps" });
    this.#edits.push({ from: body.end, to: node.end, text: "; }, this))" });
  }

  #read(node: Tree, place: Place): void {
    const [object, property] = [
      node["object"] as Tree,
      node["property"] as Tree,
    ];
    this.#insert(node.start, "__get(");
    this.visit(object, place);
    this.#edits.push({ from: object.end, to: property.start, text: ", " });
    this.visit(property, place);
    this.#edits.push({ from: property.end, to: node.end, text: ")" });
  }

  #write(node: Tree, place: Place): void {
    const [left, right] = [node["left"] as Tree, node["right"] as Tree];
    const [object, property] = [
      left["object"] as Tree,
      left["property"] as Tree,
    ];
    // In a step it is one as well: others may come between it and the next.
    const steps = place.kind === "steps";
    const label = steps ? labelOf(right) : "";
    if (label === "?") this.#refuse(node, "a plain store without a label");
    this.#insert(node.start, steps ? `(yield __op.put(${label}, ` : "__put(");
    this.visit(object, place);
    this.#edits.push({ from: object.end, to: property.start, text: ", " });
    this.visit(property, place);
    this.#edits.push({ from: property.end, to: right.start, text: ", " });
    this.visit(right, place);
    this.#insert(node.end, steps ? "))" : ")");
  }

  #exports(node: Tree): void {
    const names = (node["specifiers"] as Tree[]).map((one) => {
      const [local, name] = [one["local"] as Tree, one["exported"] as Tree];
      return `${name["name"]}: ${local["name"]}`;
    });
    const text = `return { ${names.join(", ")} };`;
    this.#edits.push({ from: node.start, to: node.end, text });
  }
}

/** The label that the transform put around the value of a plain store. */
function labelOf(value: Tree): string {
  if (value.type !== "CallExpression" || calledName(value) !== "__label") {
    return "?";
  }
  return JSON.stringify(((value["arguments"] as Tree[])[0] as Tree)["value"]);
}

/** `words[…]`, `this.#words[…]` or `this.words[…]`: a word of shared memory. */
function isShared(node: Tree): boolean {
  if (node.type !== "MemberExpression" || node["computed"] !== true) {
    return false;
  }
  const object = node["object"] as Tree;
  const name = object.type === "MemberExpression"
    ? keyName(object["property"] as Tree)
    : object["name"];
  return name === "words" || name === "#words";
}
