// Who may import whom. This table is the documentation of the folders' order, and the check that it holds.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseModule, reach, readSources, type SourceModule } from '../support/source-tree.ts';

const sources = readSources();

/** A folder with rooms, lowest floor first: each may import from those before it. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  host: [
    ...[
      'reads.ts',
      'formats/',
      'child.ts',
      'kernel/',
      'xen/',
      'port.ts',
      'dm/',
      'iscsi/',
      'nbd/',
      'facts/',
      'guard/',
      'read.ts',
      'needs/',
    ],
    ...['steps/', 'step.ts', 'host.ts', 'find.ts', 'journal/', 'dry.ts', 'live.ts', 'session/'],
  ],
  stack: [
    ...[
      'names.ts',
      'checksums.ts',
      'scsi-generic.ts',
      'storage-daemon.ts',
      'provider.ts',
      'junction.ts',
      'guard.ts',
      'keep-away.ts',
      'offer.ts',
    ],
    ...['media/', 'network/', 'blockstack/', 'ring/', 'registry.ts', 'raise.ts', 'delays.ts'],
  ],
  analysis: ['rules.ts', 'fit/', 'verdict/', 'revise/', 'neighbours/', 'caps/', 'settle/'],
  report: [
    'schema/',
    'formats/plain.ts',
    'formats/table.ts',
    'formats/markup.ts',
    'words/',
    'document/',
    'sections/',
    'plots/',
    'formats/',
    'observed-rings.ts',
    'live/',
    'history.ts',
    'status.ts',
    'metrics.ts',
    'comparison/',
    'case/',
    'glossary.ts',
    'explained.ts',
  ],
  cli: [
    'version.ts',
    'values.ts',
    'place.ts',
    'options.ts',
    'command.ts',
    'terminal/',
    'handlers/',
    'commands/',
    'registry.ts',
    'completion.ts',
    'unknown-words.ts',
    'command-line.ts',
  ],
};

const belowExperiment = [
  ...['host', 'stack', 'profile', 'load', 'measure'],
  ...['knobs', 'analysis', 'plan', 'records', 'findings'],
];

/** What each folder may import beside lib/ and its own lower rooms. A folder stands for all of its rooms. */
const folders: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  host: [],
  'profile/settings.ts': [],
  stack: ['host', 'profile/settings.ts'],
  profile: ['stack', 'profile/settings.ts'],
  load: ['host', 'stack', 'profile'],
  measure: ['host', 'stack'],
  knobs: ['host'],
  analysis: [],
  plan: ['host', 'stack', 'profile', 'analysis'],
  records: ['profile', 'analysis', 'plan'],
  findings: ['profile', 'load', 'analysis', 'plan', 'records'],
  experiment: belowExperiment,
  report: ['stack', 'profile', 'knobs', 'analysis', 'plan', 'records', 'findings'],
  run: [...belowExperiment, 'experiment', 'report'],
  discover: ['host', 'knobs', 'report'],
  observe: ['host', 'report', 'discover'],
  cli: [...belowExperiment, 'experiment', 'report', 'run', 'discover', 'observe'],
  'main.ts': ['cli'],
};

const roomsOf = (folder: string): readonly string[] => (rooms[folder] ?? []).map((room) => `${folder}/${room}`);

/** A part of the agent: a folder without rooms, a room, or a file that stands for itself. The longest prefix that fits counts. */
const parts = Object.keys(folders).flatMap((folder) => {
  if (folder.endsWith('.ts')) return [folder];
  return rooms[folder] ? roomsOf(folder) : [`${folder}/`];
});

function mayImport(part: string): readonly string[] {
  const folder = Object.keys(folders)
    .filter((name) => part === name || part.startsWith(`${name}/`))
    .sort((a, b) => b.length - a.length)[0];
  if (folder === undefined) return [];
  const own = roomsOf(folder);
  const allowed = folders[folder] ?? [];
  return [
    'lib/',
    ...own.slice(0, own.indexOf(part)),
    ...allowed.map((name) => (name.endsWith('.ts') ? name : `${name}/`)),
  ];
}

const pure = [
  ...['lib/', 'plan/', 'analysis/', 'findings/', 'report/', 'profile/decode.ts'],
  ...['load/job.ts', 'load/fio-output.ts', 'load/histogram.ts', 'records/slice.ts'],
  ...['knobs/', 'host/formats/', 'discover/', 'observe/'],
];
const impurePackages =
  /^(node:(?!path$)|execa$|pino$|koffi$|systeminformation$|node-os-utils$|log-update$|write-file-)/;
const impureNames = /^(process\.|Date\.now$|new Date\(\)$|Math\.random$|performance\.|crypto\.)/;

/** Who may touch files, processes or the network, beside agent/host and agent/cli. */
const doors: Readonly<Record<string, RegExp>> = {
  'records/run-folder.ts': /^node:fs$/,
  'records/read-folder.ts': /^node:fs$/,
  'profile/load.ts': /^node:fs$/,
  'load/user-job.ts': /^execa$/,
};

/** What the machine-touching folder lends out as values: words and tables, nothing that acts. */
const lent = /^host\/(dm\/table\.ts|formats\/)/;
/** A loan of something pure from a module that acts. */
const loans: Readonly<Record<string, string>> = {
  'load/user-job.ts': 'host/kernel/run-command.ts',
};

function partOf(path: string): string | undefined {
  return parts.filter((part) => path.startsWith(part)).sort((a, b) => b.length - a.length)[0];
}

function cycleFrom(start: SourceModule): readonly string[] | undefined {
  const byPath = new Map(sources.map((module) => [module.path, module]));
  const walk = (path: string, trail: readonly string[], seen: Set<string>): readonly string[] | undefined => {
    if (path === start.path && trail.length > 0) return [...trail, path];
    if (seen.has(path)) return undefined;
    seen.add(path);
    for (const next of byPath.get(path)?.knows ?? []) {
      const found = walk(next, [...trail, path], seen);
      if (found) return found;
    }
    return undefined;
  };
  return walk(start.path, [], new Set());
}

describe('the modules of the agent', () => {
  it('are all found, with every module that they import', () => {
    const known = new Set(sources.map(({ path }) => path));
    expect(known.size).toBeGreaterThan(100);
    expect(sources.flatMap(({ knows }) => knows).filter((path) => !known.has(path))).toEqual([]);
  });

  it('belong to a part, and import only from the parts beneath it, types too', () => {
    const wrong = sources.flatMap(({ path, knows }) => {
      const own = partOf(path);
      if (own === undefined) return [`${path} belongs to no part`];
      return knows.flatMap((target) => {
        const other = partOf(target);
        return other === own || mayImport(own).some((part) => other?.startsWith(part))
          ? []
          : [`${path} imports ${target}`];
      });
    });
    expect(wrong).toEqual([]);
  });

  it('do not know one another in a circle, by types neither', () => {
    expect(sources.flatMap((module) => cycleFrom(module)?.join(' -> ') ?? [])).toEqual([]);
  });

  it.each(pure)('keep %s free of the machine, the clock and chance, whatever it loads', (prefix) => {
    const starts = sources.filter(({ path }) => path.startsWith(prefix));
    const wrong = starts.flatMap((start) =>
      reach(sources, start).flatMap(({ path, packages, names }) =>
        [
          ...packages.filter((name) => impurePackages.test(name)),
          ...[...names].filter((name) => impureNames.test(name)),
        ].map((name) => `${start.path} reaches ${name} through ${path}`),
      ),
    );
    expect(starts).not.toEqual([]);
    expect(wrong).toEqual([]);
  });

  it('touch files, processes and the network only where they may', () => {
    const wrong = sources
      .filter(({ path }) => !path.startsWith('host/') && !path.startsWith('cli/'))
      .flatMap(({ path, packages }) =>
        packages
          .filter((name) =>
            /^(node:(fs|child_process|net|http|https|dgram|tls|worker_threads)|execa|koffi)(\/|$)/.test(name),
          )
          .filter((name) => !doors[path]?.test(name))
          .map((name) => `${path} imports ${name}`),
      );
    expect(wrong).toEqual([]);
  });

  it('reach the host through its interface: only cli and run load what acts', () => {
    const wrong = sources
      .filter(({ path }) => !path.startsWith('host/') && !/^(cli|run)\//.test(path))
      .flatMap(({ path, loads }) =>
        loads
          .filter((target) => target.startsWith('host/') && !lent.test(target) && loans[path] !== target)
          .map((target) => `${path} loads ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  it('load words alone to read a command line, and no command line to restore a host', () => {
    const atOnce = (path: string): readonly SourceModule[] =>
      sources.filter((module) => module.path === path).flatMap((start) => reach(sources, start, 'loadsAtOnce'));
    const ofWords =
      /^(lib\/|cli\/(?!handlers\/)|plan\/impact\.ts|run\/destroy-option\.ts|report\/formats\/format-names\.ts)/;
    const line = atOnce('cli/command-line.ts');
    expect(line.map(({ path }) => path)).toContain('cli/commands/explain.ts');
    expect(line.map(({ path }) => path).filter((path) => !ofWords.test(path))).toEqual([]);
    expect([...new Set(line.flatMap(({ packages }) => packages))].sort()).toEqual(['node:fs', 'node:path', 'yargs']);
    const [watchdog, main] = [atOnce('cli/handlers/watchdog.ts'), atOnce('main.ts')];
    expect(watchdog.map(({ path }) => path)).toContain('host/session/recovery.ts');
    for (const { path, packages } of [...watchdog, ...main]) {
      expect(packages, path).not.toContain('yargs');
      expect(path).not.toMatch(/^cli\/(commands\/|registry|command)/);
    }
  });

  it('do not ask a host whether it is real', () => {
    const asking = sources.filter(({ text }) => /\bhost\.(live|isLive|isDry|dry)\b/i.test(text));
    expect(asking.map(({ path }) => path)).toEqual([]);
  });

  it('have their sentences in the report: the analysis and the findings give data, and messages of what they throw', () => {
    const wrong = sources
      .filter(({ path, text }) => /^(analysis|findings)\//.test(path) && !/\bnew \w*Error\(/.test(text))
      .flatMap(({ path, sentences }) => sentences.map((text) => `${path}: ${text}`));
    expect(wrong).toEqual([]);
    expect(sources.filter(({ path }) => path.startsWith('report/words/')).flatMap((one) => one.sentences)).not.toEqual(
      [],
    );
  });

  it('end the process in two places only', () => {
    const leaving = sources.filter(({ names }) => names.has('process.exit') || names.has('process.abort'));
    expect(leaving.map(({ path }) => path)).toEqual(['cli/terminal/stop.ts', 'main.ts']);
  });

  it('kill nothing by number or name', () => {
    const killers = sources.filter(({ names, text }) => names.has('process.kill') || /\b(pkill|killall)\b/.test(text));
    expect(killers.map(({ path }) => path)).toEqual([]);
  });

  it('have at most 300 lines each', () => {
    expect(sources.filter(({ lines }) => lines > 300).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  it('carry no note of work left to do', () => {
    expect(sources.filter(({ text }) => /\b(TODO|FIXME|XXX|HACK)\b/.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it('export by name only', () => {
    expect(sources.filter(({ text }) => /^export default /m.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

it('no test mocks a module of ours: what is to be replaced is handed in', () => {
  const files = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(100);
  const mocking = files.filter((name) =>
    /\bvi\s*\.\s*(do)?mock\(\s*['"`(]\s*[.]/i.test(readFileSync(`test/${name}`, 'utf8')),
  );
  expect(mocking).toEqual([]);
});

describe('the reading of a module', () => {
  const read = parseModule(
    'stack/media/a.ts',
    [
      "import { readFileSync } from 'node:fs';",
      "import type { Host } from '../../host/host.ts';",
      "import x, {\n  type Y,\n} from '../names.ts';",
      "export { z } from './b.ts';",
      "const late = await import('../../cli/run.ts');",
      '// Date.now() in a comment',
      'process.exit(Math.random());',
    ].join('\n'),
  );

  it('sees static, re-exporting and late imports, and leaves out types', () => {
    expect(read.loads).toEqual(['stack/names.ts', 'stack/media/b.ts', 'cli/run.ts']);
    expect(read.knows).toEqual(['host/host.ts', 'stack/names.ts', 'stack/media/b.ts', 'cli/run.ts']);
    expect(read.loadsAtOnce).toEqual(['stack/names.ts', 'stack/media/b.ts']);
    expect(read.packages).toEqual(['node:fs']);
  });

  it('sees sentences, but not those of comments', () => {
    const { sentences } = parseModule(
      'findings/a.ts',
      "// a comment of words\nconst a = ['a b', 'what is told', `all ${1} slices of it`, `${b - c + d}=1`]; x.describe('so and so');",
    );
    expect(sentences).toEqual(["'what is told'", '`all ${1} slices of it`']);
  });

  it('sees what the code names, and not what its comments do', () => {
    expect([...read.names].sort()).toEqual(['Math.random', 'process.exit']);
  });
});
