// Finds the changes that a run makes to a user's job file (pure), from its text and from what is run of it.

import { type JobChange, leftOutAbout } from '../lib/job-change.ts';
import { engineAtATime, type JobSection, wholeOf } from './job.ts';
import { aboutOf } from './job-options.ts';
import type { TextSection } from './job-text.ts';
import { sizeOf } from './place.ts';

export interface Told {
  /** Those that run, and their text. */
  readonly sections: readonly JobSection[];
  readonly texts: readonly TextSection[];
  /** All of the file. */
  readonly all: readonly TextSection[];
  /** From 0. */
  readonly phase: number;
  readonly phases: number;
}

export function changesOf({ sections, texts, all, phase, phases }: Told): readonly JobChange[] {
  const names = sections.map(({ name }) => name);
  const buffered = texts.flatMap((text, i) => (isBuffered(text) ? (names[i] ?? []) : []));
  return [
    ...(phases > 1 ? [{ kind: 'phase', phase: phase + 1, of: phases, sections: names } as const] : []),
    ...(buffered.length > 0 ? [{ kind: 'buffered', sections: buffered } as const] : []),
    ...depthChanges(sections),
    ...leftOutChanges(all),
  ];
}

/** The page cache is fio's default. */
function isBuffered({ lines }: TextSection): boolean {
  const last = lines.findLast(({ option }) => option === 'direct' || option === 'buffered');
  if (!last) return true;
  const isOn = last.value !== '0';
  return last.option === 'direct' ? !isOn : isOn;
}

function depthChanges(sections: readonly JobSection[]): readonly JobChange[] {
  const asked = sections.flatMap(({ name, options }) => {
    const engine = engineAtATime(options);
    const depth = wholeOf(options, 'iodepth');
    return engine === undefined || depth <= 1 ? [] : [{ name, engine, depth }];
  });
  const kinds = new Set(asked.map(({ engine, depth }) => `${engine} ${depth}`));
  return [...kinds].flatMap((kind): readonly JobChange[] => {
    const own = asked.filter(({ engine, depth }) => `${engine} ${depth}` === kind);
    const first = own[0];
    if (!first) return [];
    return [{ kind: 'one-at-a-time', engine: first.engine, asked: first.depth, sections: own.map(({ name }) => name) }];
  });
}

function leftOutChanges(all: readonly TextSection[]): readonly JobChange[] {
  const lines = all.flatMap((section) => section.lines);
  const options = [...new Set(lines.map(({ option }) => option))];
  const unread = lines.filter(({ option, value }) => /^(file)?size$/.test(option) && !isSize(value));
  return leftOutAbout.flatMap((about): readonly JobChange[] => {
    const isUnread = (option: string): boolean => about === 'files' && unread.some((line) => line.option === option);
    const own = options.filter((option) => aboutOf(option) === about || isUnread(option));
    return own.length > 0 ? [{ kind: 'left-out', about, options: own }] : [];
  });
}

function isSize(value: string | undefined): boolean {
  return sizeOf(value) !== undefined || /^\d+(\.\d+)?%$/.test(value ?? '');
}
