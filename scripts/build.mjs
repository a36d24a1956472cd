// Bundles the agent into agent/dist; with the argument `bench`, the benchmarks beside it; with the name of one of them, or
// `pages`, that one alone, beside what is there. Commands stay in chunks of their own, so that `--help` loads almost nothing.
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { build } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;
/** A package may be of another version than the sources. */
const version = process.env.LAYERLIFT_VERSION ?? JSON.parse(readFileSync(`${root}package.json`, 'utf8')).version;

const benchmarks = [
  'switching',
  'overhead',
  'accuracy',
  'analysis',
  'discover',
  'safety',
  'lossless',
  'providers',
  'ring-gain',
  'crash-matrix',
  'unaided',
  'job-files',
  'cases',
];
const asked = process.argv[2];
const isOne = asked === 'pages' || benchmarks.includes(asked);
const tools = {
  ...Object.fromEntries(benchmarks.map((name) => [name, [`bench/${name}`, `scripts/bench/${name}.ts`]])),
  pages: ['pages', 'scripts/pages/write.ts'],
};
const names = isOne ? [asked] : asked === 'bench' ? benchmarks : [];
/** A package is built beside what is in use. */
const dist = process.env.LAYERLIFT_DIST ?? `${root}agent/dist`;
if (!isOne) rmSync(dist, { recursive: true, force: true });
/** yargs lays out the help of each command that it starts, asked for or not: its own widths took a tenth of that start. */
const widthOfHelp = {
  name: 'width-of-help',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^string-width$/ }, ({ importer }) =>
      /node_modules\/(yargs|cliui)\//.test(importer) ? { path: 'columnsOf', namespace: 'width-of-help' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'width-of-help' }, ({ path }) => ({
      contents: `export { ${path} as default } from './agent/cli/terminal/width.ts'`,
      resolveDir: root,
    }));
  },
};
const { outputFiles } = await build({
  write: false,
  absWorkingDir: root,
  entryPoints: {
    ...(isOne ? {} : { main: 'agent/main.ts' }),
    ...Object.fromEntries(names.map((name) => tools[name])),
  },
  outdir: dist,
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  legalComments: 'none',
  logLevel: 'warning',
  // koffi carries a native file: it is loaded from node_modules at the first ioctl.
  external: ['koffi'],
  plugins: [widthOfHelp],
  define: { LAYERLIFT_VERSION: JSON.stringify(version) },
  // CommonJS packages in the bundle ask for `require`; esbuild puts its own #! line first.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
});

// One of the tests' labs may be reading a file that another's build makes again: it is left, or replaced as a whole.
const collector = { path: `${dist}/collect`, contents: readFileSync(`${root}scripts/collect`) };
for (const { path, contents } of isOne ? outputFiles : [...outputFiles, collector]) {
  if (existsSync(path) && readFileSync(path).equals(contents)) continue;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.${process.pid}`, contents);
  if (path === collector.path) chmodSync(`${path}.${process.pid}`, 0o755);
  renameSync(`${path}.${process.pid}`, path);
}
