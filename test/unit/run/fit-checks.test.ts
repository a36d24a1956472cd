import { describe, expect, it } from 'vitest';
import { inlineSections } from '../../../agent/load/job.ts';
import { configuredLayers } from '../../../agent/plan/stack-plan.ts';
import { decodeProfile } from '../../../agent/profile/decode.ts';
import { aioProblems, checkProblems } from '../../../agent/run/fit.ts';
import { profileOf } from '../../support/dry-stack.ts';

const workload = { rw: 'randwrite', bs: 4096, iodepth: 8, ioengine: 'libaio' } as const;

describe('a load that checks what it reads', () => {
  const problems = (media: string, verify?: 'crc32c'): readonly string[] => {
    const layers = configuredLayers(decodeProfile(profileOf([media], 2), 'p.yaml'));
    const sections = inlineSections({ ...workload, ...(verify ? { verify } : {}) });
    return checkProblems(sections, layers).map(({ message, hint }) => `${message} (${hint ?? ''})`);
  };
  const forgetful = 'media: { deployed: { provider: model } }';

  it('is refused over media that keep nothing, in either form', () => {
    expect(problems(forgetful, 'crc32c')).toEqual([
      'the workload checks what it reads (verify), and the media (deployed) keep nothing of what is written (set `memory: true` under media.deployed, or leave verify out)',
      'the workload checks what it reads (verify), and the media (stub) keep nothing of what is written (set `memory: true` under media.stub, or `stub: none`, or leave verify out)',
    ]);
  });

  it('is refused where it writes nothing that it could check', () => {
    const layers = configuredLayers(decodeProfile(profileOf([forgetful], 2), 'p.yaml'));
    const sections = inlineSections({ ...workload, rw: 'randread', verify: 'crc32c' });
    expect(checkProblems(sections, layers).map(({ message }) => message)).toEqual([
      'the workload checks what it reads (verify), and a part of it that does so writes nothing',
    ]);
  });

  it('is welcome where they keep it, and so is any other load', () => {
    expect(problems(forgetful)).toEqual([]);
    expect(problems('media: { deployed: { provider: model, memory: true }, stub: none }', 'crc32c')).toEqual([]);
    const both = 'media: { deployed: { provider: model, memory: true }, stub: { provider: null_blk, memory: true } }';
    expect(problems(both, 'crc32c')).toEqual([]);
  });
});

describe('the room for Linux AIO', () => {
  const sections = inlineSections(workload);

  it('is counted over all guests, beside what others have taken', () => {
    expect(aioProblems([sections, sections, sections, sections], { used: 32, most: 64 })).toEqual([]);
    expect(aioProblems([sections, sections, sections, sections], { used: 33, most: 64 })).toEqual([
      {
        message:
          'the guests ask for 32 I/Os in flight by libaio, and fs.aio-max-nr leaves 31 (64, of which 33 are taken)',
        hint: 'sysctl -w fs.aio-max-nr=97, or ioengine: io_uring',
      },
    ]);
  });

  it('is not needed by other engines', () => {
    expect(aioProblems([inlineSections({ ...workload, ioengine: 'io_uring' })], { used: 0, most: 1 })).toEqual([]);
  });
});
