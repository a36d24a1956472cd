// The shipped cases on the simulated host: each is judged right, by the program's own code from profile to report.

import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { capsFor, type Expectation } from '../../../agent/profile/case.ts';
import { decodeProfile } from '../../../agent/profile/decode.ts';
import { caseResult } from '../../../agent/report/case/result.ts';
import { simRun, tidySimRuns } from '../../support/sim-host/run.ts';

afterEach(tidySimRuns);

const folder = 'profiles/cases';
/** Providers that the simulated host has. */
const simulated: readonly string[] = [
  'model',
  'null_blk',
  'nvme-tcp-netns',
  'nvme-tcp-loopback',
  'dm',
  'linear',
  'tcm-loop',
  'direct',
];
/** Lost packets, the rate of a link, a throttle of write-back and the second leg of a mirror have no place in its arithmetic. */
const onKernelAlone: readonly string[] = ['retransmits', 'own-throttle', 'five-fixes', 'slow-leg'];

const cases = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => {
    const text = readFileSync(`${folder}/${file}`, 'utf8');
    return { name: file.replace('.yaml', ''), text, profile: decodeProfile(text, file) };
  });
const here = cases.filter(
  ({ name, profile }) =>
    !onKernelAlone.includes(name) &&
    profile.stack.every(({ deployed, stub }) =>
      [deployed, ...(stub ? [stub] : [])].every(({ provider }) => simulated.includes(provider)),
    ),
);

/** The simulated host has no settings to be read. */
function withoutKnobs({ figures, ...others }: Expectation): Expectation {
  return { ...others, figures: figures.map((one) => (one.figure === 'in-flight' ? { ...one, knob: undefined } : one)) };
}

describe('a case on the simulated host', () => {
  it.each(here.map((one) => [one.name, one] as const))('%s is right', async (name, { text, profile }) => {
    const standsFor = profile.case;
    if (!standsFor) throw new Error('no case');
    const placed = text.replace(/job: (\S+)\.fio/, `job: ${resolve(folder)}/$1.fio`);
    const { document, host } = await simRun({ profile: placed, caps: capsFor(standsFor.expect) });
    const result = caseResult(name, { ...standsFor, expect: withoutKnobs(standsFor.expect) }, document);
    expect(result, `${document.sentence}\n${document.why.join('\n')}`).toMatchObject({ outcome: 'right' });
    expect(result.minutesMeasured).toBeLessThanOrEqual(5);
    expect(host.outstanding()).toEqual([]);
  });
});
