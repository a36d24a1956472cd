// Who may import whom. This table is the documentation of the folders' order, and the check that it holds.

import { describe, expect, it } from 'vitest';
import { parseModule, reach, readSources, type SourceModule } from '../support/source-tree.ts';

const sources = readSources();

/** The floors of host/, lowest first: each may import from those before it, and from lib/. */
const floors = [
  'host/formats/',
  'host/kernel/',
  'host/child.ts',
  'host/dm/',
  'host/xen/',
  'host/facts/',
  'host/guard/',
  'host/look.ts',
  'host/needs/',
  'host/step.ts',
  'host/host.ts',
  'host/verbs/',
  'host/find.ts',
  'host/journal/',
  'host/dry.ts',
  'host/live.ts',
  'host/session/',
] as const;

/** A part of the agent: a folder, or a file that stands for itself. The longest prefix that fits counts. */
const parts = [
  'lib/',
  ...floors,
  'profile/settings.ts',
  'stack/',
  'profile/',
  'load/',
  'measure/',
  'knobs/',
  'analysis/',
  'plan/',
  'experiment/',
  'report/',
  'cli/',
  'main.ts',
] as const;
type Part = (typeof parts)[number];

/** A whole folder stands for each of its parts. */
type Allowed = Part | 'host/';
const floorOf = floors.map((floor, i): [Part, readonly Part[]] => [floor, ['lib/', ...floors.slice(0, i)]]);

const mayImport: Readonly<Record<string, readonly Allowed[]>> = {
  'lib/': [],
  ...Object.fromEntries(floorOf),
  'profile/settings.ts': ['lib/'],
  'stack/': ['lib/', 'host/', 'profile/settings.ts'],
  'profile/': ['lib/', 'stack/', 'profile/settings.ts'],
  'load/': ['lib/', 'host/', 'stack/', 'profile/'],
  'measure/': ['lib/', 'host/', 'stack/'],
  'knobs/': ['lib/', 'host/'],
  'analysis/': ['lib/'],
  'plan/': ['lib/', 'host/', 'stack/', 'profile/', 'analysis/'],
  'experiment/': ['lib/', 'host/', 'stack/', 'profile/', 'load/', 'measure/', 'knobs/', 'analysis/', 'plan/'],
  'report/': ['lib/', 'stack/', 'profile/', 'knobs/', 'analysis/', 'plan/', 'experiment/'],
  'cli/': parts.filter((part) => part !== 'main.ts'),
  'main.ts': ['lib/', 'cli/'],
};

const pure = [
  ...['lib/', 'plan/', 'analysis/', 'report/', 'profile/decode.ts'],
  ...['load/job.ts', 'load/fio-output.ts', 'load/histogram.ts', 'experiment/goodput.ts'],
  'knobs/',
];
const impurePackages =
  /^(node:(?!path$)|execa$|pino$|koffi$|systeminformation$|node-os-utils$|log-update$|write-file-)/;
const impureNames = /^(process\.|Date\.now$|new Date\(\)$|Math\.random$|performance\.|crypto\.)/;

/** Who may touch files, processes or the network, beside agent/host and agent/cli. */
const doors: Readonly<Record<string, RegExp>> = {
  'experiment/run-folder.ts': /^node:fs$/,
  'experiment/read-folder.ts': /^node:fs$/,
  'profile/load.ts': /^node:fs$/,
  'load/drive.ts': /^node:fs$/,
  'load/user-job.ts': /^execa$/,
};

/** What the machine-touching folder lends out as values: words and tables, nothing that acts. */
const lent = ['host/dm/table.ts', 'host/step.ts'];
/** Two loans of something pure from a module that acts. */
const loans: Readonly<Record<string, string>> = {
  'load/drive.ts': 'host/verbs/cgroup.ts',
  'load/user-job.ts': 'host/kernel/run-command.ts',
};

function partOf(path: string): Part | undefined {
  return parts.filter((part) => path.startsWith(part)).sort((a, b) => b.length - a.length)[0];
}

function cycleFrom(start: SourceModule): readonly string[] | undefined {
  const byPath = new Map(sources.map((module) => [module.path, module]));
  const walk = (path: string, trail: readonly string[], seen: Set<string>): readonly string[] | undefined => {
    if (path === start.path && trail.length > 0) return [...trail, path];
    if (seen.has(path)) return undefined;
    seen.add(path);
    for (const next of byPath.get(path)?.loads ?? []) {
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
        const allowed = mayImport[own] ?? [];
        return other === own || allowed.some((part) => other?.startsWith(part)) ? [] : [`${path} imports ${target}`];
      });
    });
    expect(wrong).toEqual([]);
  });

  it('do not load one another in a circle', () => {
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

  it('reach the host through its interface: only cli loads what acts', () => {
    const wrong = sources
      .filter(({ path }) => !path.startsWith('host/') && !path.startsWith('cli/'))
      .flatMap(({ path, loads }) =>
        loads
          .filter((target) => target.startsWith('host/') && !lent.includes(target) && loans[path] !== target)
          .map((target) => `${path} loads ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  it('end the process in two places only', () => {
    const leaving = sources.filter(({ names }) => names.has('process.exit') || names.has('process.abort'));
    expect(leaving.map(({ path }) => path)).toEqual(['cli/stop.ts', 'main.ts']);
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
    expect(read.packages).toEqual(['node:fs']);
  });

  it('sees what the code names, and not what its comments do', () => {
    expect([...read.names].sort()).toEqual(['Math.random', 'process.exit']);
  });
});
