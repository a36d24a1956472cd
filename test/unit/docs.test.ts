// The pages against the code, both ways: what the code has stands there, and what stands there the code has.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { exitCodes } from '../../agent/lib/exit-codes.ts';
import { layers, type Layer, type Role } from '../../agent/lib/layer.ts';
import { isRecord } from '../../agent/lib/record.ts';
import { accepted, leftOut } from '../../agent/load/job-options.ts';
import { decodeProfile } from '../../agent/profile/decode.ts';
import { profileSchema } from '../../agent/profile/profile.ts';
import { formatNames, statusFormats } from '../../agent/report/formats/format-names.ts';
import { groups } from '../../agent/report/glossary.ts';
import { verdictSchema } from '../../agent/report/schema/verdict.ts';
import { findProvider, providers, providersFor } from '../../agent/stack/registry.ts';
import { fillKnobsPage } from '../../scripts/pages/knobs-page.ts';
import { fillProfilePage } from '../../scripts/pages/profile-page.ts';
import { fillSample } from '../../scripts/pages/sample.ts';
import { schemas } from '../../scripts/pages/schemas.ts';
import { fillWords } from '../../scripts/pages/words-page.ts';
import { blocksIn, rowsOf, words } from '../support/pages.ts';
import { printedBy } from '../support/printed-by.ts';

const root = new URL('../..', import.meta.url).pathname;

/** Where a heading that is checked against the code stands. */
const pageOf = {
  'Exit codes': 'agent/docs/commands.md',
  Formats: 'agent/docs/commands.md',
  layerlift: 'agent/docs/commands.md',
  Verdicts: 'agent/docs/report.md',
  Layers: 'profiles/README.md',
  Keys: 'profiles/README.md',
  'Job files': 'profiles/README.md',
  Providers: 'profiles/README.md',
} as const;
type Heading = keyof typeof pageOf;

/** All pages, by their path. */
const pages: ReadonlyMap<string, string> = new Map(
  ['', 'agent', 'profiles', 'scripts', 'test'].flatMap(pagesIn).map((path) => [path, read(path)]),
);
const everything = [...pages.values()].join('\n');

describe('exit codes', () => {
  it('are all in the table, and no others', () => {
    const rows = rowsOf(section('Exit codes')).map(([code, name]) => [Number(code), words(name)[0]]);
    expect(rows).toEqual(Object.entries(exitCodes).map(([name, [code]]) => [code, name]));
  });

  it('that the text names exist', () => {
    const codes: readonly number[] = Object.values(exitCodes).map(([code]) => code);
    const named = [...everything.matchAll(/exit (?:code|status) (\d+)/gi)].map((match) => Number(match[1]));
    expect(named.length).toBeGreaterThan(0);
    for (const code of named) expect(codes).toContain(code);
  });
});

describe('formats', () => {
  it('are all in the table, and no others', () => {
    expect(rowsOf(section('Formats')).map(([name]) => words(name)[0])).toEqual([...formatNames]);
  });

  it('that the text asks for exist', () => {
    const named = [...everything.matchAll(/--format[ =]([a-z]+)/g)].map((match) => match[1]);
    for (const name of named) expect([...formatNames, ...statusFormats]).toContain(name);
  });
});

describe('commands', () => {
  const documented = new Map(
    [...textOf('layerlift').matchAll(/^### `layerlift ([\w-]+).*`$/gm)].map((match) => [
      match[1] ?? '',
      sectionIn(textOf('layerlift'), match[0]),
    ]),
  );

  it('are all there, and no others', async () => {
    const help = await printedBy(['--help']);
    const existing = [...help.matchAll(/^ {2}layerlift ([\w-]+)/gm)].map((match) => match[1]);
    expect([...documented.keys()].sort()).toEqual(existing.sort());
  });

  it.each([...documented])('%s has all its options, and no others', async (command, text) => {
    const inTable = rowsOf(text).flatMap(([option]) => [...(option ?? '').matchAll(/--[\w-]+/g)].map(String));
    expect(inTable.sort()).toEqual([...(await optionsOf(command))].sort());
  });

  it('in shell examples exist with their options and files', async () => {
    const calls = shellLines().flatMap((line) => {
      const match = /(?:^|\s|')(?:layerlift|node agent\/dist\/main\.js) ([a-z][\w-]*)([^>'"]*)/.exec(line);
      return match ? [{ line, command: match[1] ?? '', rest: (match[2] ?? '').split(/\s+/) }] : [];
    });
    expect(calls.length).toBeGreaterThan(5);
    for (const { line, command, rest } of calls) {
      expect([...documented.keys()], line).toContain(command);
      const options = new Set([...(await optionsOf(command)), '--help', '--version']);
      for (const word of rest) {
        if (word.startsWith('--')) expect([...options], line).toContain(word.split('=')[0]);
        if (word.startsWith('profiles/')) expect(existsSync(root + word), word).toBe(true);
      }
    }
  });

  it('in shell examples call scripts that exist', () => {
    const scripts = [...everything.matchAll(/(?<![\w/])scripts\/[\w.-]+/g)].map(String);
    for (const script of new Set(scripts)) expect(existsSync(root + script), script).toBe(true);
    const { scripts: known } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(`${root}package.json`, 'utf8')));
    for (const match of everything.matchAll(/npm run ([\w:]+)/g)) expect(Object.keys(known)).toContain(match[1]);
  });
});

describe('profile', () => {
  it('has every key in the table, and no others', () => {
    expect(rowsOf(profileTable()).map(([key]) => words(key)[0])).toEqual(keysOf(profileSchema));
  });

  it.each(rowsOf(profileTable()).map((row) => [words(row[0])[0] ?? '', row.at(-1) ?? '']))(
    'takes %s as it is described: %s',
    (key, value) => {
      const least = { version: 1, name: 'a', guests: { count: 1 }, workload: {}, stack: {} };
      if (value === 'required') expect(profileSchema.safeParse(without(least, key)).success).toBe(false);
      else if (value === '-') expect(profileSchema.safeParse(without(least, key)).success).toBe(true);
      else
        expect(profileSchema.parse(withValue(least, key, valueIn(value)))).toEqual(
          profileSchema.parse(without(least, key)),
        );
    },
  );

  it('has an example that is right', () => {
    const examples = blocksIn(everything, 'yaml');
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(decodeProfile(example, 'a page').question).not.toBe('');
  });
});

describe('job files', () => {
  it('have every option that is taken over or left out, and no others', () => {
    const [taken, ignored] = [/^- Taken over: /, /^- (Left out, as|Read, but not by fio).*?: /].map((start) =>
      section('Job files')
        .split('\n')
        .filter((text) => start.test(text))
        .flatMap((line) => words(line.replace(start, '').split(/\. |\.$/)[0] ?? '')),
    );
    expect(taken).toEqual([...accepted]);
    expect(ignored).toEqual([...leftOut]);
  });
});

describe('providers', () => {
  it('stand in the table of layers in their order, the default stub first', () => {
    const table = rowsOf(section('Layers'));
    const first = table.findIndex(([layer]) => isLayerCell(layer));
    // A row without a layer goes on with what the one above it has begun.
    const rows: string[][] = [];
    for (const row of table.slice(first)) {
      const above = rows.at(-1);
      if (isLayerCell(row[0]) || !above) rows.push([...row]);
      else for (const [i, cell] of row.entries()) above[i] = `${above[i] ?? ''} ${cell}`;
    }
    const names = (layer: Layer, role: Role): readonly string[] => providersFor(layer, role).map(({ name }) => name);
    expect(rows.map(([layer, deployed, stub]) => [words(layer), words(deployed), words(stub)])).toEqual(
      layers.map((layer) => [[layer], names(layer, 'deployed'), names(layer, 'stub')]),
    );
  });

  it('have a section each, and no others', () => {
    const titles = [...section('Providers').matchAll(/^#### `(.+)`$/gm)].map((match) => match[1] ?? '');
    expect(titles.sort()).toEqual(providers.map(({ name }) => name).sort());
  });

  it.each(providers.map((provider) => [provider.name, provider] as const))(
    '%s has all its settings with their defaults, and no others',
    (name, { settings }) => {
      const rows = rowsOf(sectionIn(section('Providers'), `#### \`${name}\``));
      const stated = rows.map((row) => [words(row[0])[0] ?? '', row.at(-1) ?? ''] as const);
      expect(stated.map(([key]) => key)).toEqual(keysOf(settings));
      const least = leastSettings[name] ?? {};
      const required = stated.filter(([, value]) => value === 'required').map(([key]) => key);
      expect(required.filter((key) => !key.includes('[')).sort()).toEqual(Object.keys(least).sort());
      for (const key of Object.keys(least)) expect(settings.safeParse(without(least, key)).success, key).toBe(false);
      for (const [key, value] of stated.filter(([, text]) => text !== 'required' && text !== '-')) {
        expect(settings.parse({ ...least, [key]: valueIn(value) }), key).toEqual(settings.parse(least));
      }
    },
  );

  it('that the text names exist', () => {
    const named = [...everything.matchAll(/\{ provider: ([\w-]+)/g)].map((match) => match[1] ?? '');
    const exists = (name: string): boolean =>
      layers.some((layer) => findProvider(layer, 'deployed', name) ?? findProvider(layer, 'stub', name));
    expect(named.length).toBeGreaterThan(0);
    for (const name of named) expect(exists(name), name).toBe(true);
  });
});

describe('verdicts', () => {
  const kindsIn = (text: string): readonly string[] => rowsOf(text).map(([kind]) => words(kind)[0] ?? '');

  it('have a row each in the README and on their page, and no others', () => {
    const existing = verdictSchema.options.map(({ shape }) => shape.kind.value);
    expect([...kindsIn(section('Verdicts'))].sort()).toEqual(existing.filter((kind) => kind !== 'not-asked').sort());
    expect(kindsIn(sectionIn(read('README.md'), '## What it prints'))).toEqual(kindsIn(section('Verdicts')));
  });
});

describe('pages', () => {
  it('are short where they begin: README.md has at most 14 KB', () => {
    expect(Buffer.byteLength(read('README.md'))).toBeLessThanOrEqual(14_000);
  });

  it.each([...pages])('%s has no cell of a table over 80 characters', (_, text) => {
    expect(tableCells(text).filter((cell) => cell.length > 80)).toEqual([]);
  });

  it.each([...pages])('%s links to files and headings that exist', (path, text) => {
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
      const [file = '', anchor] = target.split('#');
      const linked = file === '' ? path : join(dirname(path), file);
      expect(existsSync(root + linked), target).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(read(linked)), target).toContain(anchor);
    }
  });

  it.each([...pages])('%s names files of code that exist', (path, text) => {
    for (const [, name = ''] of text.matchAll(/`([\w./-]+\.ts)`/g)) {
      const places = [dirname(path), 'agent', 'test', '.'].map((folder) => join(root, folder, name));
      expect(places.some(existsSync), name).toBe(true);
    }
  });

  it('are all reached from README.md', () => {
    const reached = new Set(['README.md']);
    for (const path of reached) {
      for (const [, target = ''] of (pages.get(path) ?? '').matchAll(/\]\(([^)#]+)/g))
        reached.add(join(dirname(path), target));
    }
    expect([...pages.keys()].filter((path) => !reached.has(path))).toEqual([]);
  });

  it('stand at the head of every room of the agent', () => {
    const rooms = readdirSync(`${root}agent`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const names = rooms.map(({ name }) => name).filter((name) => name !== 'dist' && name !== 'docs');
    expect(names.filter((name) => !pages.has(`agent/${name}/README.md`))).toEqual([]);
  });

  it('begin a section for a provider that has none, and refuse a block that nobody fills', () => {
    const page = fillProfilePage('');
    for (const { name } of providers) expect(page).toContain(`#### \`${name}\`\n`);
    expect(() => fillProfilePage('<!-- generated: weather -->\n<!-- end -->\n')).toThrow('weather');
  });

  it.each([
    ['README.md', fillSample],
    ['profiles/README.md', fillProfilePage],
    ['agent/docs/report.md', fillWords],
    ['agent/README.md', fillWords],
  ] as const)('%s has its tables as the code has them: `npm run pages` writes them', async (path, fill) => {
    const page = read(path);
    expect(page).toContain('<!-- generated: ');
    const options = { ...(await resolveConfig(root + path)), parser: 'markdown' };
    expect(page).toBe(await format(fill(page), options));
  });

  it('have every group of words that `explain` knows', () => {
    const blocksOf = (path: string): readonly string[] =>
      [...read(path).matchAll(/<!-- generated: (.+) -->/g)].map((match) => match[1] ?? '');
    const named = [...blocksOf('agent/README.md'), ...blocksOf('agent/docs/report.md')];
    expect(named.sort()).toEqual(groups.map((group) => `${group}s`).sort());
  });

  it('have their table of knobs as the code has it: `npm run pages` writes it', async () => {
    const page = read('agent/docs/knobs.md');
    const options = { ...(await resolveConfig(`${root}agent/docs/knobs.md`)), parser: 'markdown' };
    expect(page).toBe(await format(fillKnobsPage(page), options));
    expect(() => fillKnobsPage('<!-- generated: weather -->\n<!-- end -->\n')).toThrow('weather');
  });
});

describe('pictures', () => {
  const folder = 'agent/docs/pictures';
  const shown = [...everything.matchAll(/!\[([^\]]*)\]\((?:agent\/docs\/)?(pictures\/[\w.-]+)\)/g)];

  it('are all shown on a page, with words for those who cannot see them', () => {
    const kept = readdirSync(root + folder).map((name) => `pictures/${name}`);
    expect([...new Set(shown.map(([, , path]) => path))].sort()).toEqual(kept.sort());
    for (const [picture, words] of shown) expect(words?.length, picture).toBeGreaterThan(20);
  });

  it.each(readdirSync(root + folder))('%s is quickly loaded, and as wide as a page', (name) => {
    const picture = readFileSync(`${root}${folder}/${name}`);
    expect(picture.length).toBeLessThan(150_000);
    // The width stands behind the name of the first chunk (PNG, "IHDR Image header").
    expect(picture.readUInt32BE(16)).toBe(1000);
  });
});

describe('schemas', () => {
  it.each(Object.entries(schemas))(
    'of %s is published as the code has it: `npm run pages` writes it',
    (name, schema) => {
      expect(JSON.parse(read(`agent/docs/schemas/${name}.json`))).toEqual(schema());
    },
  );
});

describe('changelog', () => {
  // Its lines are merged from several sides, and would come twice.
  it('says nothing twice', () => {
    const lines = (pages.get('CHANGELOG.md') ?? '').split('\n').filter((line) => line.startsWith('- '));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line, at) => lines.indexOf(line) !== at)).toEqual([]);
  });
});

describe('promises of safety', () => {
  const promisesOf = (path: string): readonly string[] =>
    [...read(path).matchAll(/^(?:- )?\*\*(.+?)\.?\*\*/gm)].map((match) => match[1] ?? '');

  it('are each said to be tested, and nothing else is', () => {
    const promised = promisesOf('agent/docs/safety.md').filter((promise) => !promisesWithoutOneTest.includes(promise));
    const others = promisesOf('agent/docs/commands.md');
    const tested = promisesOf('test/README.md');
    expect(promised.filter((promise) => !tested.includes(promise))).toEqual([]);
    expect(tested.filter((promise) => ![...promised, ...others].includes(promise))).toEqual([]);
  });

  it('name tests that exist', () => {
    const named = [...read('test/README.md').matchAll(/`((?:unit|property|lab|support)\/[^`]*)`/g)];
    expect(named.length).toBeGreaterThan(20);
    for (const [, path = ''] of named) expect(existsSync(`${root}test/${path}`), path).toBe(true);
  });
});

/** How things work, and what a whole table of tests holds. */
const promisesWithoutOneTest = [
  'Every change is written to a journal before it is made',
  'Nothing is waited for without end',
  'One run at a time',
  'The watchdog',
  '`recover`',
];

/** What a provider cannot do without. */
const leastSettings: Readonly<Record<string, object>> = {
  device: { device: '/dev/null' },
  remote: { device: '/dev/null' },
  'nvme-tcp-remote': { address: 'localhost', nqn: 'nqn.example', size: '1GiB' },
  dm: { devices: [{ name: 'top', table: '0 {sectors} linear {below} 0' }] },
};

function pagesIn(folder: string): readonly string[] {
  const names =
    folder === 'agent' ? readdirSync(root + folder, { recursive: true, encoding: 'utf8' }) : readdirSync(root + folder);
  return names.filter((name) => name.endsWith('.md') && !name.startsWith('dist/')).map((name) => join(folder, name));
}

function read(path: string): string {
  return readFileSync(root + path, 'utf8');
}

function textOf(heading: Heading): string {
  return pages.get(pageOf[heading]) ?? '';
}

function section(heading: Heading): string {
  return sectionIn(textOf(heading), `## ${heading}`);
}

/** From a heading to the next of its rank or above; a single # is a comment in an example. */
function sectionIn(page: string, heading: string): string {
  const rank = /^#+/.exec(heading)?.[0].length ?? 0;
  const [, rest = ''] = page.split(`\n${heading}\n`);
  return rest.split(new RegExp(`^#{2,${rank}} `, 'm'))[0] ?? '';
}

function profileTable(): string {
  return (section('Keys').match(/(?:^\|.*\n)+/gm) ?? [])[0] ?? '';
}

/** With those of the headings. */
function tableCells(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => /^\s*\|/.test(line) && !/^[\s|:-]+$/.test(line));
  return lines.flatMap((line) => line.split('|').map((cell) => cell.trim()));
}

/** The anchors that GitHub makes of headings. */
function anchorsOf(text: string): readonly string[] {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map((match) => match[1] ?? '');
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** The value that a cell states, as a profile would have it. */
function valueIn(cell: string): unknown {
  return parse(words(cell)[0] ?? '') as unknown;
}

function isLayerCell(cell: string | undefined): boolean {
  return layers.some((layer) => cell === `\`${layer}\``);
}

function shellLines(): readonly string[] {
  return blocksIn(everything, 'sh').flatMap((block) => block.split('\n').filter((line) => line !== ''));
}

/** Dotted paths of all keys of a schema, in order; those of list items as `list[].key`. */
function keysOf(schema: z.ZodType): readonly string[] {
  const all = walk(z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }), '');
  // Keys that a map and a list of such maps share stand there once.
  return all.filter((path) => !path.startsWith('guests[].') || !all.includes(path.replace('[]', '')));
}

function walk(node: unknown, at: string): readonly string[] {
  if (!isRecord(node)) return [];
  const variants = Array.isArray(node['anyOf']) ? node['anyOf'].flatMap((variant) => walk(variant, at)) : [];
  const properties = isRecord(node['properties']) ? Object.entries(node['properties']) : [];
  const keys = properties.flatMap(([key, value]) => {
    const path = at === '' ? key : `${at}.${key}`;
    return [path, ...walk(value, path)];
  });
  return [...variants, ...keys, ...walk(node['items'], `${at}[]`)];
}

function withValue(value: object, path: string, leaf: unknown): object {
  const [first = '', ...rest] = path.split('.');
  const key = first.replace(/\[\]$/, '');
  const inOwn = (own: unknown): object => withValue(isRecord(own) ? own : {}, rest.join('.'), leaf);
  const inner: unknown = (value as Readonly<Record<string, unknown>>)[key];
  const nested = rest.length === 0 ? leaf : key === first ? inOwn(inner) : [inOwn(inner)];
  return { ...value, [key]: nested };
}

function without(value: object, path: string): object {
  return JSON.parse(JSON.stringify(withValue(value, path, undefined))) as object;
}

async function optionsOf(command: string): Promise<ReadonlySet<string>> {
  const help = await printedBy([command, '--help']);
  const options = [...help.matchAll(/^ +(?:-\w, )?(--[\w-]+)/gm)].map((match) => match[1] ?? '');
  return new Set(options.filter((option) => option !== '--help' && option !== '--version'));
}
