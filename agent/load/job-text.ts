// The text of a user's fio job file, line by line as fio reads it (pure): comments off the end, variables in place, options
// that the run decides left out. Source: fio init.c (__parse_jobs_ini) and parse.c, options.c (variables).

import type { Problem } from '../lib/errors.ts';
import { asNow, leftOut, problemOfOption } from './job-options.ts';

const largestBytes = 256 * 1024;
/** fio reads lines in pieces of 4096 characters: what follows would be a line of its own. */
const longestLine = 4_000;
/** Files in files: fio takes 16. */
const mostDeep = 16;

export interface JobLine {
  /** Where it stands: `a.fio:3`. */
  readonly at: string;
  readonly option: string;
  readonly value: string | undefined;
}

/** The lines under one header; `global` holds for the sections after it. */
export interface TextSection {
  readonly name: string;
  /** Those of the global section before it come first: the last of an option counts. */
  readonly lines: readonly JobLine[];
}

export interface JobText {
  readonly problems: readonly Problem[];
  /** For fio: nothing in it but headers and options that it may see. */
  readonly forFio: string;
  readonly sections: readonly TextSection[];
}

export interface JobSources {
  /** The text of a file that the job includes, and its path; a sentence where it must not or cannot be read. */
  readonly include?: (name: string, from: string) => { readonly path: string; readonly text: string } | string;
  /** The value of `${NAME}` or of a keyword of fio's. */
  readonly variable?: (name: string) => string | undefined;
}

/** Reads the whole, whatever is wrong with it. */
export function readJobText(text: string, path: string, sources: JobSources = {}): JobText {
  const problems: Problem[] = [];
  const kept: string[] = [];
  const sections: { name: string; lines: JobLine[] }[] = [];
  const common: JobLine[] = [];
  let current = common;
  let bytes = 0;
  const readFile = (content: string, file: string, deep: number): void => {
    bytes += content.length;
    if (bytes > largestBytes) {
      const hint = `expected at most ${largestBytes / 1024} KiB`;
      problems.push({ at: file, message: 'the job file is too large', hint });
      return;
    }
    for (const [i, whole] of content.split('\n').entries()) {
      const at = `${file}:${i + 1}`;
      const problem = problemOfLine(whole.trim());
      if (problem) {
        problems.push({ at, ...problem });
        continue;
      }
      const line = withoutComment(whole);
      if (line === '') continue;
      const included = /^include\b\s*(.*)$/i.exec(line)?.[1];
      if (included !== undefined) takeIncluded(included, { at, file, deep });
      else if (line.startsWith('[')) {
        // The name is a label, and fio would put in variables here too.
        const name = line.slice(1, line.endsWith(']') ? -1 : undefined).replaceAll('$', '_');
        kept.push(`[${name}]`);
        if (/^global/i.test(name)) current = common;
        else sections.push({ name, lines: (current = [...common]) });
      } else takeOption(line, at);
    }
  };
  const takeIncluded = (name: string, place: { at: string; file: string; deep: number }): void => {
    const found = place.deep >= mostDeep ? 'files include each other' : sources.include?.(name, place.file);
    if (typeof found === 'object') {
      readFile(found.text, found.path, place.deep + 1);
      return;
    }
    const message = `the option include is not accepted${found === undefined ? '' : `: ${found}`}`;
    problems.push({ at: place.at, message, hint: 'put all of the job into one file' });
  };
  const takeOption = (line: string, at: string): void => {
    const [, written = '', after] = /^([^=]*?)\s*(?:=\s*(.*))?$/.exec(line) ?? [];
    const [option, raw] = asNow(written, after);
    if (leftOut.has(option)) {
      current.push({ at, option, value: raw });
      return;
    }
    const value = raw === undefined ? undefined : valueOf(option, raw, sources.variable ?? (() => undefined));
    const problem =
      option.includes('$') || typeof value === 'object'
        ? typeof value === 'object'
          ? value
          : { message: 'variables and calculations are not accepted', hint: 'write the value' }
        : problemOfOption(option, value);
    if (problem) {
      problems.push({ at, ...problem });
      return;
    }
    const plain = typeof value === 'string' ? value : undefined;
    current.push({ at, option, value: plain });
    kept.push(plain === undefined ? option : `${option}=${plain}`);
  };
  readFile(text, path, 0);
  return { problems, forFio: `${kept.join('\n')}\n`, sections };
}

/** Options that fio cannot be shown, whatever the line says. */
function problemOfLine(line: string): Omit<Problem, 'at'> | undefined {
  if (/[^\P{Cc}\t]/u.test(line)) return { message: 'a control character', hint: 'use plain text' };
  if (line.length > longestLine) return { message: 'the line is too long', hint: `expected at most ${longestLine}` };
  return undefined;
}

/** fio cuts a line at the first of either sign, wherever it stands (strip_blank_end in parse.c). */
function withoutComment(line: string): string {
  return line.replace(/[;#].*$/s, '').trim();
}

/** The value with its variables filled in as fio does, or what is wrong with it. */
function valueOf(
  option: string,
  raw: string,
  variable: NonNullable<JobSources['variable']>,
): string | Omit<Problem, 'at'> {
  if (!raw.includes('$')) return raw;
  const missing: string[] = [];
  const filled = raw.replaceAll(/\$\{(\w+)\}|^\$(\w+)$/g, (whole, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? '';
    const value = variable(bare === undefined ? name : `$${bare}`);
    if (value === undefined) missing.push(whole);
    return value ?? '';
  });
  const name = missing[0];
  if (name !== undefined && /^\$\{/.test(name)) {
    const bare = name.slice(2, -1);
    const message = `${option}=${raw} is not accepted: the variable ${bare} has no value here`;
    return { message, hint: `write the value, or set it as for fio: ${bare}=VALUE layerlift ...` };
  }
  if (name !== undefined || /[$`\p{Cc}]/u.test(filled))
    return {
      message: `${option}=${raw} is not accepted: variables and calculations are not accepted`,
      hint: 'write the value',
    };
  return filled;
}
