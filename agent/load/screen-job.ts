// What must not even be shown to fio (pure): while it parses a job file it loads engines from any path (dlopen), expands
// variables, calculates with a shell (`echo '...' | bc`), and reads other files. Source: fio options.c and parse.c.

import type { Problem } from '../lib/errors.ts';
import { problemOfOption } from './job-options.ts';

const largestBytes = 256 * 1024;
/** fio reads lines in pieces of 4096 characters: what follows would be a line of its own. */
const longestLine = 4_000;

/** Every mistake with its line; empty when fio may parse the text. */
export function screenJob(text: string, path: string): readonly Problem[] {
  if (text.length > largestBytes)
    return [{ at: path, message: 'the job file is too large', hint: `expected at most ${largestBytes / 1024} KiB` }];
  return text.split('\n').flatMap((line, i): Problem[] => {
    const problem = problemOf(line.trim());
    return problem ? [{ at: `${path}:${i + 1}`, ...problem }] : [];
  });
}

function problemOf(line: string): Omit<Problem, 'at'> | undefined {
  if (/[^\P{Cc}\t]/u.test(line)) return { message: 'a control character', hint: 'use plain text' };
  if (line.length > longestLine) return { message: 'the line is too long', hint: `expected at most ${longestLine}` };
  if (/^[;#]/.test(line)) return undefined;
  if (line.includes('$')) return { message: 'variables and calculations are not accepted', hint: 'write the value' };
  if (/^include\b/i.test(line))
    return { message: 'the option include is not accepted', hint: 'put all of the job into one file' };
  if (line === '' || line.startsWith('[')) return undefined;
  const [, option = '', value] = /^([^=]*?)\s*(?:=\s*(.*))?$/.exec(line) ?? [];
  return problemOfOption(option, value);
}
