import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { caveatsOf } from '../../../agent/findings/caveats.ts';
import { findingsOf } from '../../../agent/findings/findings.ts';
import { decodeRun } from '../../../agent/records/read-folder.ts';
import { runCaveatWords } from '../../../agent/report/words/run-caveat.ts';
import { prepare } from '../../../agent/run/prepare.ts';
import { profileOf, sections } from '../../support/dry-stack.ts';
import { goodRun } from '../../support/good-records.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layerlift-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('what a run changes of a job file', () => {
  it('is in its plan, with the size that a lane has, and in the report of its folder', async () => {
    const path = join(folder, 'p.yaml');
    writeFileSync(join(folder, 'j.fio'), '[a]\nrw=write\ndirect=1\n[hot]\nstonewall\nsize=16M\nrw=randread\n');
    writeFileSync(path, profileOf([sections.media], 2).replace('workload: {}', 'workload: { job: j.fio }'));
    const { plan } = await prepare(path, { seed: 1, cold: false, budgetMs: undefined });
    expect(plan.jobChanges?.map(({ kind }) => kind)).toEqual(['phase', 'buffered', 'working-set']);
    const [laneBytes] = (plan.jobChanges ?? []).flatMap((change) =>
      change.kind === 'working-set' ? [change.laneBytes] : [],
    );
    expect(laneBytes).toBe((plan.geometry.sectors / 2) * 512);
    const texts = { ...goodRun, plan: JSON.stringify({ ...JSON.parse(goodRun.plan), jobChanges: plan.jobChanges }) };
    const records = decodeRun(texts, 'run');
    const told = caveatsOf(records, findingsOf(records)).map(runCaveatWords);
    expect(told).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^of the job file: it has 2 phases, one after another: phase 2 alone runs/),
        expect.stringMatching(/^of the job file: hot would go through the page cache/),
        expect.stringMatching(/^of the job file: its I\/O stays within 16 MiB of the .* of each guest/),
      ]),
    );
  });
});
