// Why slices are void in words: a kind without its sentence does not compile.

import type { VoidSlices } from '../../analysis/verdict/verdict.ts';
import type { Fault, FaultKind } from '../../lib/fault.ts';

type Words = { readonly [K in FaultKind]: (fault: Extract<Fault, { kind: K }>) => string };

const words: Words = {
  late: ({ elapsedMs, measureMs }) =>
    `a guest was measured for ${seconds(elapsedMs)} in place of ${seconds(measureMs)}`,
  'starved-agent': ({ lateMs }) => `the agent came ${seconds(lateMs)} late to the end of the slice`,
  'moved-host': ({ driftMs }) =>
    `the clocks of the host parted by ${seconds(driftMs)}: it was moved or suspended, or its time was set`,
  throttled: ({ percent }) => `a guest was held back by its cpu.max for ${rounded(percent)} of the time`,
  'foreign-cpu': ({ percent, levelPercent }) =>
    `programs that are not of this run used ${rounded(percent)} of the CPU${besideLevel(levelPercent)}`,
  steal: ({ percent, levelPercent }) =>
    `a hypervisor above took ${rounded(percent)} of the CPU away${besideLevel(levelPercent)}`,
  'no-io': () => 'no I/O completed',
  paused: () => 'the guests were paused, as another tenant of the host had to wait',
  'no-answer': ({ failure }) => failure,
  recorded: ({ text }) => text,
};

/** The faults as sentences without a full stop. */
export function faultWords(faults: readonly Fault[]): string {
  return faults.map((fault) => wordsOf(fault.kind, fault)).join('; ');
}

/** `3 of 20 slices were void`, and why. */
export function voidSlicesWords({ count, of, reasons }: VoidSlices): string {
  return `${count} of ${of} slices were void: ${faultWords(reasons)}`;
}

function wordsOf<K extends FaultKind>(kind: K, fault: Extract<Fault, { kind: K }>): string {
  return words[kind](fault);
}

function besideLevel(percent: number | undefined): string {
  return percent === undefined ? '' : ` in it, and ${rounded(percent)} in the slices around it`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function rounded(percent: number): string {
  return `${percent.toFixed(0)} %`;
}
