import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { dryHost } from '../../../agent/host/dry.ts';
import type { Console } from '../../../agent/host/child.ts';
import type { Host } from '../../../agent/host/host.ts';
import { startDomainGuest } from '../../../agent/load/domain-guest.ts';

const snapshotText = (ios: number): string =>
  `${JSON.stringify({ jobs: [{ error: 0, job_runtime: 10 * ios, read: way(ios), write: way(0) }] }, null, 1)}\n`;
const way = (ios: number) => ({ io_bytes: 4096 * ios, runtime: 10 * ios, lat_ns: { mean: 5, N: ios } });

/** A domain that answers as ours do, and keeps the words that it was sent. */
function domain(options: { deaf?: boolean; whatFailed?: string } = {}) {
  const words: string[] = [];
  const output = new PassThrough();
  let ios = 0;
  const console: Console = {
    output,
    send: (line) => {
      words.push(line);
      if (options.deaf) return;
      const [word, rest] = line.split(/[ \n]/);
      if (word === 'hello') output.write(`{ "left": "over" }\nlayerlift: ended 128\nlayerlift: hello ${rest}\n`);
      if (word === 'job') output.write('layerlift: loaded\n');
      if (word === 'ask') output.write(snapshotText((ios += 100)));
      if (word === 'stop') output.write(`fio: terminating\n${snapshotText(ios)}layerlift: ended 0\n`);
    },
    whatFailed: () => Promise.resolve(options.whatFailed),
    close: () => void output.destroy(),
  };
  return { words, output, console, options };
}

afterEach(() => void vi.useRealTimers());

function start({ console }: { readonly console: Console }) {
  const host: Host = { ...dryHost(), whenMade: (look) => look(), console: () => Promise.resolve(console) };
  return startDomainGuest(host, {
    ...{ number: 2, cgroup: '/c/g2', limits: {}, deviceNumber: '253:7', readOnly: true },
    ...{ jobFile: '/runs/guest-2.fio', job: '[guest]\nrw=randread\n', domain: { name: 'layerlift-abcdef-g2', id: 7 } },
  });
}

describe('a guest that is a domain', () => {
  it('gets its job, begins when it is let run, and is asked, paused and stopped in words', async () => {
    const one = domain();
    const guest = await start(one);
    expect(one.words).toEqual([expect.stringMatching(/^hello /), 'job\n[guest]\nrw=randread\n.']);
    expect(guest.isOver()).toBe(true);
    await guest.freeze(false);
    expect(await guest.snapshot()).toMatchObject({ ios: 100, bytes: 409_600 });
    expect(await guest.snapshot()).toMatchObject({ ios: 200 });
    await guest.freeze(true);
    await guest.freeze(false);
    expect(guest.isOver()).toBe(false);
    guest.stop();
    await setImmediate();
    expect(guest.isOver()).toBe(true);
    expect(one.words.slice(2)).toEqual(['start --readonly', 'ask', 'ask', 'pause', 'resume', 'stop']);
  });

  it('whose fio ends by itself ends the run, with what fio said', async () => {
    const one = domain();
    const guest = await start(one);
    await guest.freeze(false);
    one.output.write(
      'fio: pid=9, err=5/file:io_u.c:1846, func=io_u error, error=Input/output error\nlayerlift: ended 1\n',
    );
    await expect(guest.died).rejects.toThrow(
      /fio of guest 2 ended in mid-run with exit status 1: fio: pid=9.*Input\/output/,
    );
  });

  it('that has crashed is named as that, and not as one that is late', async () => {
    const one = domain({ whatFailed: 'has crashed' });
    const guest = await start(one);
    await guest.freeze(false);
    one.options.deaf = true;
    vi.useFakeTimers();
    const late = guest.snapshot();
    const refused = expect(late).rejects.toThrow('the domain layerlift-abcdef-g2 of guest 2 has crashed in mid-run');
    await vi.advanceTimersByTimeAsync(11_000);
    await refused;
  });

  it('that does not answer at all is no guest', async () => {
    vi.useFakeTimers();
    const started = expect(start(domain({ deaf: true }))).rejects.toThrow(
      'the domain of guest 2 did not answer within 20 s',
    );
    await vi.advanceTimersByTimeAsync(21_000);
    await started;
  });
});
