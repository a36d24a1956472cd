// Asks whoever runs a command.

import { createInterface } from 'node:readline';

/** A line from stdin; undefined where that is at its end. */
export function answerTo(question: string): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  process.stderr.write(question);
  return new Promise((resolve) => {
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => resolve(undefined));
  });
}
