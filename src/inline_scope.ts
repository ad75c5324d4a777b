/**
 * What a function uses of its surroundings: the names it does not declare
 * itself, and what no text can take along. A walk over its syntax tree with a
 * chain of scopes; declarations are collected before a scope is walked.
 */
import type { SyntaxNode } from "./runtime/acorn.ts";

/** What was found. */
export interface Surroundings {
  /** Free variables in the order of their first use. */
  readonly free: ReadonlySet<string>;
  /** What cannot travel, in words like "super"; in the order found. */
  readonly refused: ReadonlySet<string>;
}

/** Names a scope declares. */
interface Scope {
  readonly names: Set<string>;
  readonly parent: Scope | null;
}

/** Who `this` and `super` belong to. */
interface Owner {
  readonly hasThis: boolean;
  readonly hasSuper: boolean;
}

type Visit = (node: SyntaxNode, scope: Scope, owner: Owner) => void;

const MODULE_URL = /^[a-z][a-z\d+.-]*:/i;

/** Looks at a function expression, an arrow function or a method's function. */
export function surroundingsOf(fn: SyntaxNode): Surroundings {
  const walk = new Walk();
  walk.visit(fn, { names: new Set(), parent: null }, {
    hasThis: false,
    hasSuper: false,
  });
  return walk;
}

class Walk implements Surroundings {
  readonly free: Set<string> = new Set();
  readonly refused: Set<string> = new Set();

  visit(node: SyntaxNode, scope: Scope, owner: Owner): void {
    const special = this.#special[node.type];
    if (special === undefined) this.#children(node, scope, owner);
    else special(node, scope, owner);
  }

  // What needs more than a visit to every child.
  readonly #special: Readonly<Record<string, Visit>> = {
    Identifier: (node, scope) => this.#use(node["name"] as string, scope),
    ThisExpression: (_node, _scope, { hasThis }) => {
      if (!hasThis) this.refused.add("this of the surrounding code");
    },
    Super: (_node, _scope, { hasSuper }) => {
      if (!hasSuper) this.refused.add("super");
    },
    MetaProperty: (node, _scope, { hasThis }) => {
      const meta = named(node["meta"]);
      if (meta === "import") this.refused.add("import.meta");
      else if (!hasThis) this.refused.add("new.target of the surrounding code");
    },
    ImportExpression: (node, scope, owner) => {
      const { type, value } = node["source"] as SyntaxNode;
      if (type === "Literal" && !MODULE_URL.test(String(value))) {
        this.refused.add(`import("${String(value)}")`);
      }
      this.#children(node, scope, owner);
    },
    UnaryExpression: (node, scope, owner) => {
      const argument = node["argument"] as SyntaxNode;
      // It asks whether there is such a name.
      if (node["operator"] === "typeof" && argument.type === "Identifier") {
        return;
      }
      this.visit(argument, scope, owner);
    },
    MemberExpression: (node, scope, owner) => {
      this.visit(node["object"] as SyntaxNode, scope, owner);
      if (node["computed"] === true) {
        this.visit(node["property"] as SyntaxNode, scope, owner);
      }
    },
    Property: (node, scope, owner) => this.#member(node, scope, owner),
    MethodDefinition: (node, scope, owner) => this.#member(node, scope, owner),
    PropertyDefinition: (node, scope, owner) =>
      this.#member(node, scope, owner),
    LabeledStatement: (node, scope, owner) =>
      this.visit(node["body"] as SyntaxNode, scope, owner),
    BreakStatement: () => {},
    ContinueStatement: () => {},
    FunctionDeclaration: (node, scope, owner) =>
      this.#function(node, scope, owner),
    FunctionExpression: (node, scope, owner) =>
      this.#function(node, scope, owner),
    ArrowFunctionExpression: (node, scope, owner) =>
      this.#function(node, scope, owner),
    ClassDeclaration: (node, scope, owner) => this.#class(node, scope, owner),
    ClassExpression: (node, scope, owner) => this.#class(node, scope, owner),
    StaticBlock: (node, scope, owner) => {
      const inner = within(scope);
      declareVars(node, inner.names);
      this.#block(node, inner, { ...owner, hasThis: true });
    },
    BlockStatement: (node, scope, owner) => this.#block(node, scope, owner),
    SwitchStatement: (node, scope, owner) => this.#block(node, scope, owner),
    ForStatement: (node, scope, owner) => this.#block(node, scope, owner),
    ForInStatement: (node, scope, owner) => this.#block(node, scope, owner),
    ForOfStatement: (node, scope, owner) => this.#block(node, scope, owner),
    CatchClause: (node, scope, owner) => {
      const inner = within(scope);
      declarePattern(node["param"], inner.names);
      this.#children(node, inner, owner);
    },
  };

  #use(name: string, scope: Scope): void {
    for (let at: Scope | null = scope; at !== null; at = at.parent) {
      if (at.names.has(name)) return;
    }
    this.free.add(name);
  }

  #children(node: SyntaxNode, scope: Scope, owner: Owner): void {
    for (const child of childrenOf(node)) this.visit(child, scope, owner);
  }

  #member(node: SyntaxNode, scope: Scope, owner: Owner): void {
    if (node["computed"] === true) {
      this.visit(node["key"] as SyntaxNode, scope, owner);
    }
    const value = node["value"] as SyntaxNode | null;
    if (value === null) return;
    const isMethod = node.type === "MethodDefinition" ||
      node["method"] === true || node["kind"] !== "init";
    if (node.type === "Property" && !isMethod) {
      return this.visit(value, scope, owner);
    }
    // Methods and initializers of fields have this and super of their own.
    const own = { hasThis: true, hasSuper: true };
    if (node.type === "PropertyDefinition") this.visit(value, scope, own);
    else this.#function(value, scope, own, true);
  }

  #function(
    node: SyntaxNode,
    scope: Scope,
    owner: Owner,
    keepsSuper = false,
  ): void {
    const arrow = node.type === "ArrowFunctionExpression";
    const outer = within(scope);
    if (node.type === "FunctionExpression") {
      declarePattern(node["id"], outer.names);
    }
    const params = within(outer);
    if (!arrow) params.names.add("arguments");
    for (const param of node["params"] as SyntaxNode[]) {
      declarePattern(param, params.names);
    }
    const inside = arrow
      ? owner
      : { hasThis: true, hasSuper: keepsSuper && owner.hasSuper };
    for (const param of node["params"] as SyntaxNode[]) {
      this.visit(param, params, inside);
    }
    // A default value does not see what the body declares.
    const body = within(params);
    declareVars(node["body"] as SyntaxNode, body.names);
    this.visit(node["body"] as SyntaxNode, body, inside);
  }

  #class(node: SyntaxNode, scope: Scope, owner: Owner): void {
    const inner = within(scope);
    declarePattern(node["id"], inner.names);
    const superClass = node["superClass"] as SyntaxNode | null;
    if (superClass !== null) this.visit(superClass, inner, owner);
    this.visit(node["body"] as SyntaxNode, inner, owner);
  }

  #block(node: SyntaxNode, scope: Scope, owner: Owner): void {
    const inner = within(scope);
    declareLexical(node, inner.names);
    this.#children(node, inner, owner);
  }
}

function within(parent: Scope): Scope {
  return { names: new Set(), parent };
}

function named(node: unknown): string {
  return (node as { name: string }).name;
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null &&
    typeof (value as { type?: unknown }).type === "string";
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  return Object.values(node).flat().filter(isNode);
}

/** Every name a parameter or a declared pattern binds. */
function declarePattern(pattern: unknown, names: Set<string>): void {
  if (!isNode(pattern)) return;
  switch (pattern.type) {
    case "Identifier":
      names.add(named(pattern));
      break;
    case "AssignmentPattern":
      declarePattern(pattern["left"], names);
      break;
    case "RestElement":
      declarePattern(pattern["argument"], names);
      break;
    case "Property":
      declarePattern(pattern["value"], names);
      break;
    case "ArrayPattern":
    case "ObjectPattern":
      for (const each of childrenOf(pattern)) declarePattern(each, names);
  }
}

function declare(declaration: SyntaxNode, names: Set<string>): void {
  for (const { id } of declaration["declarations"] as { id: SyntaxNode }[]) {
    declarePattern(id, names);
  }
}

/** What `let`, `const`, `using`, classes and functions declare right in this block. */
function declareLexical(block: SyntaxNode, names: Set<string>): void {
  const { init, left, cases } = block as unknown as {
    init?: SyntaxNode | null;
    left?: SyntaxNode;
    cases?: { consequent: SyntaxNode[] }[];
  };
  const body = Array.isArray(block["body"]) ? block["body"] : [];
  const inCases = (cases ?? []).flatMap(({ consequent }) => consequent);
  for (const each of [...body, ...inCases, init, left]) {
    if (!isNode(each)) continue;
    if (each.type === "VariableDeclaration") declare(each, names);
    else if (/^(Function|Class)Declaration$/.test(each.type)) {
      declarePattern(each["id"], names);
    }
  }
}

/** What `var` declares anywhere in this function. */
function declareVars(node: SyntaxNode, names: Set<string>): void {
  if (/Function|^Class|^PropertyDefinition$/.test(node.type)) return;
  if (node.type === "VariableDeclaration" && node["kind"] === "var") {
    declare(node, names);
  }
  for (const child of childrenOf(node)) declareVars(child, names);
}
