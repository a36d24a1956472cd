import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HostError } from '../../agent/lib/errors.ts';
import { namesOf } from '../../agent/stack/names.ts';
import { sliceSectors, smallestSliceSectors } from '../../agent/stack/raise.ts';
import { raiseOnPaper, sections } from '../support/dry-stack.ts';

const runId = fc.stringMatching(/^[0-9a-f]{6}$/);
const secret = '0123456789abcdef'.repeat(2);
const guests = fc.integer({ min: 1, max: 64 });

describe('slices', () => {
  it('fit, do not overlap, are whole MiB, and waste less than one grain for each guest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 42 }), guests, (sectors, count) => {
        const fits = Math.floor(sectors / count) >= smallestSliceSectors;
        if (!fits) {
          expect(() => sliceSectors(sectors, count)).toThrow(HostError);
          return;
        }
        const slice = sliceSectors(sectors, count);
        expect(slice % 2048).toBe(0);
        expect(slice).toBeGreaterThanOrEqual(smallestSliceSectors);
        expect(slice * count).toBeLessThanOrEqual(sectors);
        expect(sectors - slice * count).toBeLessThan((16 * 2048 + 1) * count);
      }),
      { seed: 51, numRuns: 500 },
    );
  });

  it('lie side by side on the lane that they share', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2 ** 21, max: 2 ** 34 }),
        fc.integer({ min: 1, max: 16 }),
        async (sectors, count) => {
          const { tables } = await raiseOnPaper({ stack: [sections.media, sections.ring], guests: count, sectors });
          for (const part of ['slice', 'twin']) {
            let end = 0;
            for (let guest = 1; guest <= count; guest++) {
              const [, length, , , offset] = (tables.get(`${part}${guest}`) ?? '').split(' ');
              expect(Number(offset)).toBe(end);
              end = Number(offset) + Number(length);
            }
            expect(end).toBeLessThanOrEqual(sectors);
          }
        },
      ),
      { seed: 52, numRuns: 30 },
    );
  });
});

describe('the names of a run', () => {
  it('fit what the kernel takes', () => {
    fc.assert(
      fc.property(runId, guests, (run, guest) => {
        const names = namesOf(run, secret);
        for (const part of ['h', 't']) expect(names.link(part).length).toBeLessThanOrEqual(15);
        for (const part of ['disk', 'null', `r${guest}`, `g${guest}`])
          expect(names.object(part).length).toBeLessThanOrEqual(31);
        for (const part of [`J-block${guest}`, `abcdefgh-${guest}`]) {
          expect(names.dm(part).name.length).toBeLessThan(128);
          expect(names.dm(part).uuid.length).toBeLessThan(129);
        }
        expect(names.nqn('net').length).toBeLessThanOrEqual(223);
        expect(names.hostnqn('remote').length).toBeLessThanOrEqual(223);
        for (const part of ['net', 'lo', 'remote'])
          expect(names.hostid(part)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(names.naa(guest)).toMatch(/^naa\.6[0-9a-f]{15}$/);
      }),
      { seed: 53 },
    );
  });

  it('all carry the run, so that nothing else is ever touched', () => {
    fc.assert(
      fc.property(runId, (run) => {
        const names = namesOf(run, secret);
        const { name, uuid } = names.dm('x');
        for (const one of [
          names.object('x'),
          name,
          uuid,
          names.link('h'),
          names.nqn('x'),
          names.hostnqn('x'),
          names.hostid('x'),
          names.naa(0),
          names.cgroup,
        ])
          expect(one).toContain(run);
      }),
      { seed: 54 },
    );
  });

  it('give nvmet ports of its own range, none twice in a run', () => {
    fc.assert(
      fc.property(runId, (run) => {
        const ports = [0, 1, 2, 3].map((index) => namesOf(run, secret).nvmetPort(index));
        for (const port of ports) expect(port >= 10_000 && port < 60_000).toBe(true);
        expect(new Set(ports).size).toBe(4);
        expect(ports).toEqual([0, 1, 2, 3].map((index) => namesOf(run, secret).nvmetPort(index)));
      }),
      { seed: 55 },
    );
  });

  it('give each target a host of its own, which cannot be guessed from the run', () => {
    const names = namesOf('abcdef', secret);
    for (const one of [names.hostnqn, names.hostid])
      expect(new Set(['net', 'lo', 'remote'].map((part) => one(part))).size).toBe(3);
    expect(names.hostnqn('net')).toContain(secret);
  });
});
