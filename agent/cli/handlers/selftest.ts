// `selftest`: plants a known bottleneck into each layer in turn, and looks whether this kernel and this fio give the right
// verdict and a clean unwind. One line each. A host that was too busy to be told about is measured once more.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTraces } from '../../host/facts/traces.ts';
import { providerMarks } from '../../stack/registry.ts';
import { LayerliftError, NeedError, PrivilegeError, reasonOf, ResidueError, StoppedError } from '../../lib/errors.ts';
import type { ExitName } from '../../lib/exit-codes.ts';
import { layers } from '../../lib/layer.ts';
import { reportSchema } from '../../report/document/document.ts';
import { run } from './run.ts';

const profiles = new URL('../../profiles/', import.meta.url).pathname;

export interface PlantResult {
  readonly word: 'ok' | 'FAIL' | 'n/a';
  readonly text: string;
  /** The plant was measured, and the host was too noisy to tell. */
  readonly cannotTell?: true;
}

export interface SelftestOptions {
  /** For all plants together, in ms. */
  readonly deadlineMs: number;
  readonly print: (text: string) => void;
  /** Left out: on this host. */
  readonly tryPlant?: typeof tryOnHost;
}

interface Attempt {
  /** Where run folders go. */
  readonly runs: string;
  readonly seed: number;
  readonly deadlineMs: number;
}

/** Throws PrivilegeError, ResidueError, or StoppedError for a signal; gives `inconclusive` when a verdict is wrong or missing. */
export async function selftest({ deadlineMs, print, tryPlant = tryOnHost }: SelftestOptions): Promise<ExitName> {
  const started = performance.now();
  const runs = mkdtempSync(join(tmpdir(), 'layerlift-selftest-'));
  const results: PlantResult[] = [];
  for (const layer of layers) {
    const begun = performance.now();
    const left = (): number => deadlineMs - (performance.now() - started);
    const first = await tryPlant(layer, { runs, seed: 1, deadlineMs: left() });
    const result = first.cannotTell ? await tryPlant(layer, { runs, seed: 2, deadlineMs: left() }) : first;
    const seconds = ((performance.now() - begun) / 1000).toFixed(0);
    print(`${result.word.padEnd(4)} ${layer.padEnd(10)} ${result.text} (${seconds} s)\n`);
    results.push(result);
  }
  if (results.every(({ word }) => word === 'ok')) {
    rmSync(runs, { recursive: true, force: true });
    print('this host tells each layer apart, and is left as found\n');
    return 'ok';
  }
  print(`what was measured is in ${runs}\n`);
  return results.some(({ word }) => word === 'FAIL') ? 'inconclusive' : 'unavailable';
}

async function tryOnHost(layer: string, place: Attempt): Promise<PlantResult> {
  if (place.deadlineMs <= 0) return { word: 'FAIL', text: 'no time was left: --deadline gives it more' };
  let text = '';
  try {
    await run({
      profile: join(profiles, `plant-${layer}.yaml`),
      ...place,
      ...{ cold: false, budgetMs: undefined, fast: true, short: true },
      ...{ caps: false, neighbours: false, format: 'json', quiet: true, verbose: false, impact: undefined },
      print: (part) => (text += part),
    });
  } catch (failure) {
    if (failure instanceof ResidueError || failure instanceof PrivilegeError) throw failure;
    if (failure instanceof StoppedError && failure.exit !== 'deadline') throw failure;
    if (!(failure instanceof LayerliftError)) throw failure;
    return { word: failure instanceof NeedError ? 'n/a' : 'FAIL', text: reasonOf(failure).replaceAll('\n', '; ') };
  }
  const traces = await findTraces(providerMarks);
  if (traces.length > 0) return { word: 'FAIL', text: `left behind: ${traces.join(', ')}` };
  const { verdict, sentence } = reportSchema.parse(JSON.parse(text));
  const isRight = verdict.kind === 'lever' && verdict.layer === layer;
  return {
    word: isRight ? 'ok' : 'FAIL',
    text: sentence,
    ...(verdict.kind === 'inconclusive' && { cannotTell: true }),
  };
}
