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
  /** Those of them that are loaded with it: `import()` waits. */
  readonly loadsAtOnce: readonly string[];
  /** As `loads`, with `import type`. */
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
  const [loads, loadsAtOnce, knows, packages] = [[], [], [], []] as [string[], string[], string[], string[]];
  const names = new Set<string>();
  const sentences: string[] = [];
  const note = ({ specifier, typeOnly, late }: Imported): void => {
    if (specifier.startsWith('.')) {
      const target = relative('/', join('/', dirname(path), specifier));
      knows.push(target);
      if (!typeOnly) loads.push(target);
      if (!typeOnly && !late) loadsAtOnce.push(target);
    } else if (!typeOnly) packages.push(specifier);
  };
  const visit = (node: ts.Node): void => {
    const imported = importOf(node);
    if (imported) note(imported);
    const name = dottedName(node);
    if (name !== undefined) names.add(name);
    if (isSentence(node) && !isDescription(node)) sentences.push(node.getText());
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return { path, lines: text.split('\n').length - 1, text, loads, loadsAtOnce, knows, packages, names, sentences };
}

/** The argument of zod's `.describe`. */
function isDescription({ parent }: ts.Node): boolean {
  return (
    ts.isCallExpression(parent) &&
    ts.isPropertyAccessExpression(parent.expression) &&
    parent.expression.name.text === 'describe'
  );
}

/** `start` and every module of ours that is loaded with it, or also by it. */
export function reach(
  sources: readonly SourceModule[],
  start: SourceModule,
  by: 'loads' | 'loadsAtOnce' = 'loads',
): readonly SourceModule[] {
  const byPath = new Map(sources.map((module) => [module.path, module]));
  const found = new Map([[start.path, start]]);
  // A Map hands out what is added while it is walked.
  for (const module of found.values()) {
    for (const target of module[by].map((path) => byPath.get(path))) {
      if (target) found.set(target.path, target);
    }
  }
  return [...found.values()];
}

interface Imported {
  readonly specifier: string;
  readonly typeOnly: boolean;
  /** By `import()`. */
  readonly late: boolean;
}

function importOf(node: ts.Node): Imported | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    const typeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
    return { specifier: node.moduleSpecifier.text, typeOnly, late: false };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, typeOnly: node.isTypeOnly, late: false };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [argument] = node.arguments;
    if (argument && ts.isStringLiteral(argument)) return { specifier: argument.text, typeOnly: false, late: true };
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
