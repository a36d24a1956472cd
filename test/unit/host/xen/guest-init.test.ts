import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compactAwk, guestInit } from '../../../../agent/host/xen/guest-init.ts';
import { decodeSnapshot, DocumentSplitter } from '../../../../agent/load/fio-output.ts';

const stream = readFileSync('test/fixtures/fio-3.33/snapshots.json-stream', 'utf8');
// Debian's machines without the lab have none; where the lab is set up, this is the program that the guest has.
const busybox = spawnSync('busybox', ['true']).status === 0;

const compacted = (text: string): string => execFileSync('busybox', ['awk', compactAwk], { input: text }).toString();
const snapshotsIn = (text: string) => new DocumentSplitter().push(text).map(decodeSnapshot);

describe.skipIf(!busybox)('what a domain sends of fio (needs busybox)', () => {
  it('says the same in a fraction of the length', () => {
    const sent = compacted(stream);
    const all = snapshotsIn(stream);
    expect(all.length).toBeGreaterThan(1);
    expect(all).not.toContain(undefined);
    expect(snapshotsIn(sent)).toEqual(all);
    expect(sent.length).toBeLessThan(stream.length / 4);
  });

  it('has what fio complains about, and nothing of a document that is cut off', () => {
    const complaint = 'fio: pid=9, err=5/file:io_u.c:1846, func=io_u error, error=Input/output error\n';
    expect(compacted(`${complaint}${stream.slice(0, 3000)}`)).toBe(complaint);
  });
});

describe("the first program of a guest's domain", () => {
  it.skipIf(!busybox)('is one that its shell can read', () => {
    expect(execFileSync('busybox', ['sh', '-n'], { input: guestInit }).toString()).toBe('');
  });
});
