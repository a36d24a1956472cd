// Deaths of runs with each provider, from the registry itself: what it shares with all others dies in crash-matrix.test.ts.

import { expect } from 'vitest';
import { buildMatrix, expectAllSurvived, sumOf } from './crash-matrix.ts';
import { inLab } from './lab.ts';
import { bootOf, type Machine, type ProviderCase, providerCases, scratch } from './provider-cases.ts';
import { ofOthers, scratchDisk } from './providers-in-lab.ts';

/** What is tried in one boot each: no case in two of them. */
export const parts: readonly { readonly what: string; readonly machine: Machine; readonly named: RegExp }[] = [
  { what: 'media and rings', machine: 'stock', named: /^(media|ring): / },
  { what: 'paths', machine: 'stock', named: /^network: / },
  { what: 'caches, ciphers, thin volumes', machine: 'stock', named: /^blockstack: (crypt|thin|cache|writecache)/ },
  {
    what: 'other block stacks',
    machine: 'stock',
    named: /^blockstack: (?!crypt|thin|cache|writecache|dm, (?!linear))/,
  },
  { what: 'tables as dmsetup prints them', machine: 'stock', named: /^blockstack: dm, (?!linear)/ },
  { what: 'each form of a virtio ring on Linux 6.12', machine: 'vduse', named: /^ring: / },
  { what: 'each ring of Xen', machine: 'xen', named: /^ring: / },
];

/** The cases of a part. */
export const casesOf = ({ machine, named }: (typeof parts)[number]): readonly ProviderCase[] =>
  providerCases().filter((one) => one.machine === machine && named.test(one.name));

/** Of the same size as the first. */
const otherDisk = '/dev/vdb';

/** A death takes seconds: of a run's states one of so many is tried, and on its way back a recovery dies each so many steps. */
const [eachState, eachUndo] = [50, 8];

/** Short slices, and never as far as a verdict. */
const experiment = 'experiment: { settle: 0s, measure: 500ms, budget: 60s, seed: 3 }\n';

/** Each begins at another state, so that together they meet more kinds. */
const argsOf = (i: number): string =>
  `--stride ${eachUndo} --part ${((i * 11) % eachState) + 1}/${eachState} --unaided 3`;

/** `profiles`: two of a disk of the host, in turn: the guard of a run that is warming up finds its disk without I/O. */
function scriptOf(one: ProviderCase, i: number): string {
  const texts = [one.profile, one.profile.replaceAll(scratch.disk, otherDisk)].map((text) => text + experiment);
  const files = [...new Set(texts)].map((text, k) => ({ path: `/tmp/${i}-${k}.yaml`, text }));
  const written = files.map(({ path, text }) => `cat >${path} <<'PROFILE'\n${text}PROFILE`);
  const named = files.map(({ path }) => `--profile ${path}`).join(' ');
  return `${written.join('\n')}\nnode agent/dist/bench/crash-matrix.js ${named} ${argsOf(i)} >"$LAB_OUT/matrix-${i}" 2>&1 || failed=1`;
}

/** Tries the cases of a part one after the other. */
export async function expectProvidersSurvive(part: (typeof parts)[number]): Promise<void> {
  const cases = casesOf(part);
  await buildMatrix();
  const standsOnOthers = cases.some(({ profile }) => profile.includes(scratch.disk) || profile.includes(scratch.nqn));
  const lab = await inLab(
    `failed=0${standsOnOthers ? `\npreload${ofOthers}` : ''}\n${cases.map(scriptOf).join('\n')}\nexit $failed`,
    {
      ...bootOf[part.machine],
      ...(standsOnOthers ? { disks: [scratchDisk, scratchDisk.replace(':', ':other-')] } : {}),
    },
  );
  for (const [i, { name }] of cases.entries()) {
    const printed = lab.file(`matrix-${i}`);
    console.info(`${name}\n${sumOf(printed)}`);
    expect(printed, `${name}\n${printed}${lab.stderr}`).toContain('slowest return unaided');
    expectAllSurvived(printed, argsOf(i));
  }
  expect(lab.status, lab.stdout + lab.stderr).toBe(0);
  lab.dispose();
}
