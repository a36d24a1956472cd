// The agent as one file, for tests that start it as a program of its own.

import { resolve } from 'node:path';
import { build } from 'esbuild';

/** Makes `main.mjs` in the folder. */
export async function bundleAgent(folder: string): Promise<void> {
  await build({
    entryPoints: [resolve(import.meta.dirname, '../../agent/main.ts')],
    ...{ outdir: folder, outExtension: { '.js': '.mjs' }, bundle: true, platform: 'node', format: 'esm' },
    ...{ external: ['koffi'], define: { LAYERLIFT_VERSION: '"0"' }, logLevel: 'silent' },
    // As scripts/build.mjs has it.
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
}
