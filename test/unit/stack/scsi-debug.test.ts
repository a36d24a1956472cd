import { describe, expect, it } from 'vitest';
import { renderStep } from '../../../agent/host/step.ts';
import { decodeProfile } from '../../../agent/profile/decode.ts';
import { profileOf, raiseOnPaper } from '../../support/dry-stack.ts';

const media = (settings: string): string => `media: { deployed: { provider: scsi-debug, ${settings} }, stub: none }`;

describe('the model SCSI disk on paper', () => {
  it.each([
    [
      'latency: 20ms, random: true, canQueue: 64, queueDepth: 16',
      'modprobe scsi_debug delay=0 ndelay=20000000 random=1 max_queue=64 submit_queues=1 max_luns=1 num_tgts=1 sector_size=512 inq_product=layerlift-abcdef fake_rw=1 virtual_gb=2',
      '16',
    ],
    [
      'memory: true, size: 100MiB, blockSize: 4096',
      'modprobe scsi_debug delay=0 ndelay=100000 random=0 max_queue=192 submit_queues=1 max_luns=1 num_tgts=1 sector_size=4096 inq_product=layerlift-abcdef dev_size_mb=100',
      '192',
    ],
  ])('%s', async (settings, modprobe, depth) => {
    const { steps } = await raiseOnPaper({ stack: [media(settings)], guests: 1 });
    const lines = steps.map((step) => renderStep(step).act);
    expect(lines).toContain(modprobe);
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^echo ${depth} > .*device/queue_depth'$`)));
  });

  it.each([
    ['latency: 1s', /latency: expected at most/],
    ['canQueue: 193', /canQueue/],
    ['canQueue: 8, queueDepth: 16', /queueDepth: a disk has at most/],
    ['blockSize: 1024', /blockSize/],
    ['luns: 4', /luns: unknown setting/],
  ])('refuses %s', (settings, words) => {
    expect(() => decodeProfile(profileOf([media(settings)], 1), 'p.yaml')).toThrow(words);
  });
});
