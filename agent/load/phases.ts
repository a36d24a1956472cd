// The phases of a user's job file (pure): fio runs sections one after another where a barrier stands between them. A run switches
// layers beneath a load that stays the same, so one phase runs throughout. Source: fio(1), `stonewall` and `wait_for`.

import type { TextSection } from './job-text.ts';

/** The number of each section's phase, from 0: a barrier ends what is before it, and whom one waits for is over. */
export function phasesOf(sections: readonly TextSection[]): readonly number[] {
  const phases: number[] = [];
  let barrier = 0;
  for (const [i, section] of sections.entries()) {
    const latest = Math.max(-1, ...phases);
    if (isOn(section, ['stonewall', 'wait_for_previous']) && i > 0) barrier = latest + 1;
    const awaited = lastOf(section, ['wait_for']);
    const named = sections.slice(0, i).findLastIndex(({ name }) => name === awaited);
    phases.push(Math.max(barrier, named < 0 ? 0 : (phases[named] ?? 0) + 1));
  }
  return phases;
}

/** The value of the last line that has one of these options; undefined: none has, or it stands alone. */
export function lastOf({ lines }: TextSection, options: readonly string[]): string | undefined {
  return lines.findLast(({ option }) => options.includes(option))?.value;
}

function isOn({ lines }: TextSection, options: readonly string[]): boolean {
  const last = lines.findLast(({ option }) => options.includes(option));
  return last !== undefined && last.value !== '0';
}
