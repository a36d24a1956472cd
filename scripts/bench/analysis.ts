// How long the longest run takes to read and to analyse: 10,000 slices of 64 guests.

import { mkdtempSync, openSync, closeSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyse } from '../../agent/analysis/verdict/analyse.ts';
import { defaultDesign } from '../../agent/analysis/verdict/design.ts';
import type { Observation } from '../../agent/analysis/fit/observation.ts';
import { documentOf } from '../../agent/report/document/of-run.ts';
import { findingsOf } from '../../agent/findings/findings.ts';
import { readRunFolder } from '../../agent/records/read-folder.ts';
import type { SliceRecord } from '../../agent/records/slice.ts';
import { makeRunFolder } from '../../agent/records/run-folder.ts';
import { layers, type Layer } from '../../agent/lib/layer.ts';
import { simulate } from '../../test/support/simulator.ts';
import { planOf } from '../../test/support/documents.ts';
import { median, print, timed } from './figures.ts';

const budgetSlices = 10_000;
const guests = 64;
const rounds = 5;
const startedAt = '2026-01-02T03:04:05.678Z';

const design = defaultDesign(layers, { budgetSlices, widenNone: false });
// Every stub lifts by just what is asked for and the noise is high: all looks pass without a verdict.
const scenario = { goodput: (stubbed: readonly Layer[]) => 1000 * (stubbed.length > 0 ? 1.05 : 1), right: [] };
const { observations } = simulate({ scenario, noise: 'drifting', cv: 0.2, seed: 1, design });

const analysed = await middle(() => analyse(design, observations));
print(`analysis of ${observations.length} slices, every look`, `${analysed.toFixed(0)} ms (aim: 1000)`);

const parent = mkdtempSync(join(tmpdir(), 'bench-'));
try {
  const path = writeFolder(parent);
  const bytes = statSync(join(path, 'slices.ndjson')).size;
  const read = await timed(() => Promise.resolve(readRunFolder(path)));
  print(`reading them with ${guests} guests, ${(bytes / 2 ** 20).toFixed(0)} MiB`, `${read.toFixed(0)} ms`);
  const records = readRunFolder(path);
  print('analysis of the records', `${(await middle(() => findingsOf(records))).toFixed(0)} ms (aim: 1000)`);
  print(
    'report of the records',
    `${(await middle(() => documentOf(records, findingsOf(records), path))).toFixed(0)} ms`,
  );
} finally {
  rmSync(parent, { recursive: true });
}

async function middle(body: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await timed(() => Promise.resolve(body())));
  return median(times);
}

/** The folder that a run with these slices would have left. */
function writeFolder(parent: string): string {
  const folder = makeRunFolder(parent, 'run');
  folder.writeJson('plan.json', { ...planOf(layers), design });
  folder.writeJson('host.json', { version: 1, run: 'be4c13', tool: '0', startedAt, caveats: [], host: {} });
  const file = openSync(join(folder.path, 'slices.ndjson'), 'w');
  observations.forEach((seen, seq) => writeSync(file, `${JSON.stringify(sliceOf(seen, seq))}\n`));
  closeSync(file);
  return folder.path;
}

function sliceOf({ block, arm, goodput }: Observation, seq: number): SliceRecord {
  const numbers = Array.from({ length: guests }, (_, i) => i + 1);
  const [elapsedMs, meanLatencyNs] = [3001.25, 1234567.125];
  const junction = (layer: Layer, guest: number): SliceRecord['junctions'][number] => ({
    ...{ layer, guest, iosPerSecond: goodput / guests, bytesPerSecond: (4096 * goodput) / guests, meanLatencyNs },
  });
  return {
    ...{ version: 1, seq, block, arm, startedAt, switchMs: 12.345, goodput, caveats: [], voided: null },
    ...{ attainment: null, latencyNs: null },
    guests: numbers.map((guest) => ({
      ...{ guest, elapsedMs, ios: Math.round(3 * goodput), bytes: 4096 * Math.round(3 * goodput), errors: 0 },
      ...{ meanLatencyNs, useful: Math.round(3 * goodput), objectiveNs: null },
    })),
    // A lane for each guest from the block stack up, one for all below.
    junctions: layers.flatMap((layer) =>
      layer === 'media' || layer === 'network' ? [junction(layer, 0)] : numbers.map((guest) => junction(layer, guest)),
    ),
    measurements: { cpu: { cpus: 8, busyPercent: 50, userPercent: 20, stealPercent: 0 } },
  };
}
