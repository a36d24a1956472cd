// What must not even be shown to fio (pure): while it parses a job file it loads engines from any path (dlopen), expands
// variables, calculates with a shell (`echo '...' | bc`), and reads other files. Source: fio options.c and parse.c.

import type { Problem } from '../lib/errors.ts';

/** Engines that do block I/O on the file they are given, and nothing else. */
export const engines: ReadonlySet<string> = new Set([
  ...['libaio', 'io_uring', 'psync', 'sync', 'vsync', 'pvsync', 'pvsync2', 'posixaio', 'mmap'],
]);

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

function problemOf(line: string): Problem | undefined {
  if (/[^\P{Cc}\t]/u.test(line)) return { message: 'a control character', hint: 'use plain text' };
  if (line.length > longestLine) return { message: 'the line is too long', hint: `expected at most ${longestLine}` };
  if (/^[;#]/.test(line)) return undefined;
  if (line.includes('$')) return { message: 'variables and calculations are not accepted', hint: 'write the value' };
  if (/^include\b/i.test(line))
    return { message: 'the option include is not accepted', hint: 'put all of the job into one file' };
  const engine = /^ioengine\s*(?:=\s*(.*))?$/i.exec(line);
  if (!engine || engines.has(engine[1] ?? '')) return undefined;
  const hint = `expected one of ${[...engines].join(', ')}`;
  return { message: `the I/O engine ${engine[1] ?? ''} is not accepted`, hint };
}
