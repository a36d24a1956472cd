import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { offered } from '../../../agent/cli/completion.ts';
import { runsFor } from '../../../agent/cli/place.ts';
import { printedBy } from '../../support/printed-by.ts';

describe('folders of runs', () => {
  it('go to a place of the host where a package has put layerlift, else to the current folder', () => {
    expect(runsFor('file:///usr/lib/layerlift/agent/dist/chunk-A.js')).toBe('/var/lib/layerlift/runs');
    for (const other of ['file:///home/x/layerlift/agent/dist/main.js', 'file:///opt/layerlift/agent/dist/main.js'])
      expect(runsFor(other)).toBe('runs');
  });
});

describe('completion', () => {
  it('offers the profiles of the site where a command wants one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'layerlift-test-'));
    for (const name of ['web.yaml', 'db.yaml', 'notes.txt']) writeFileSync(join(folder, name), '');
    expect(await offered(['run'], '', folder)).toEqual([join(folder, 'db.yaml'), join(folder, 'web.yaml')]);
    expect(await offered(['plan'], join(folder, 'w'), folder)).toEqual([join(folder, 'web.yaml')]);
    expect(await offered(['run'], '--', folder)).toEqual([]);
    expect(await offered(['history'], '', folder)).toEqual([]);
    rmSync(folder, { recursive: true });
    expect(await offered(['run'], '', folder)).toEqual([]);
  });

  it.each([
    ['layerlift', ['run', 'compare', 'explain']],
    ['layerlift run --', ['--deadline', '--label']],
    ['layerlift knobs --layer ', ['ring', 'media']],
    ['layerlift explain ', ['masked', 'goodput']],
  ])('after "%s" offers %j', async (line, words) => {
    const lines = (await printedBy(['--get-yargs-completions', ...line.split(' ')])).split('\n');
    expect(lines).toEqual(expect.arrayContaining(words));
  });
});
