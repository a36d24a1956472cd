// The agent's own sources as a graph: who imports whom, and which ambient objects a module names.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

export interface SourceModule {
  /** Relative to agent/, such as `host/step.ts`. */
  readonly path: string;
  readonly lines: number;
  readonly text: string;
  /** Modules of ours, relative to agent/, that are loaded with this one or by it; `import type` loads nothing. */
  readonly loads: readonly string[];
  /** The same with `import type`. */
  readonly knows: readonly string[];
  /** Packages and `node:` modules that are loaded. */
  readonly packages: readonly string[];
  /** Dotted names that the code uses, such as `Date.now` and `process.exit`; comments do not count. */
  readonly names: ReadonlySet<string>;
  /** Texts of three words and more in the code; what a schema says of its fields is documentation, as a comment is. */
  readonly sentences: readonly string[];
}

const agentFolder = new URL('../../agent/', import.meta.url).pathname;

export function readSources(): readonly SourceModule[] {
  return readdirSync(agentFolder, { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts') && !path.startsWith('dist/'))
    .sort()
    .map((path) => parseModule(path, readFileSync(join(agentFolder, path), 'utf8')));
}

export function parseModule(path: string, text: string): SourceModule {
  const [loads, knows, packages, names] = [[], [], [], new Set()] as [string[], string[], string[], Set<string>];
  const sentences: string[] = [];
  const note = (specifier: string, typeOnly: boolean): void => {
    if (specifier.startsWith('.')) {
      const target = relative('/', join('/', dirname(path), specifier));
      knows.push(target);
      if (!typeOnly) loads.push(target);
    } else if (!typeOnly) packages.push(specifier);
  };
  const visit = (node: ts.Node): void => {
    const imported = importOf(node);
    if (imported) note(imported.specifier, imported.typeOnly);
    const name = dottedName(node);
    if (name !== undefined) names.add(name);
    if (isSentence(node) && !isDescription(node)) sentences.push(node.getText());
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return { path, lines: text.split('\n').length - 1, text, loads, knows, packages, names, sentences };
}

/** The argument of zod's `.describe`. */
function isDescription({ parent }: ts.Node): boolean {
  return (
    ts.isCallExpression(parent) &&
    ts.isPropertyAccessExpression(parent.expression) &&
    parent.expression.name.text === 'describe'
  );
}

/** `start` and every module of ours that is loaded when it is. */
export function reach(sources: readonly SourceModule[], start: SourceModule): readonly SourceModule[] {
  const byPath = new Map(sources.map((module) => [module.path, module]));
  const found = new Map([[start.path, start]]);
  // A Map hands out what is added while it is walked.
  for (const module of found.values()) {
    for (const target of module.loads.map((path) => byPath.get(path))) {
      if (target) found.set(target.path, target);
    }
  }
  return [...found.values()];
}

function importOf(node: ts.Node): { specifier: string; typeOnly: boolean } | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    const typeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
    return { specifier: node.moduleSpecifier.text, typeOnly };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, typeOnly: node.isTypeOnly };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [argument] = node.arguments;
    if (argument && ts.isStringLiteral(argument)) return { specifier: argument.text, typeOnly: false };
  }
  return undefined;
}

function isSentence(node: ts.Node): boolean {
  return /\p{L} \S+ \S*\p{L}/u.test(textOf(node));
}

/** A text with 0 in place of whatever is filled in; empty: it is no text. */
function textOf(node: ts.Node): string {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return '';
  return `${node.head.text}${node.templateSpans.map(({ literal }) => `0${literal.text}`).join('')}`;
}

function dottedName(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression))
    return `${node.expression.text}.${node.name.text}`;
  if (ts.isNewExpression(node) && ts.isIdentifier(node.expression) && !node.arguments?.length)
    return `new ${node.expression.text}()`;
  return undefined;
}
