// A command line, called as main.ts does, and what it prints on stdout.

import { vi } from 'vitest';
import { parseCommand } from '../../agent/cli/command-line.ts';

/** Throws what the command throws. */
export async function printedBy(argv: readonly string[]): Promise<string> {
  let printed = '';
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  // yargs prints its help in this way.
  const log = vi.spyOn(console, 'log').mockImplementation((text: string) => {
    printed += `${text}\n`;
  });
  try {
    await parseCommand(argv);
    return printed;
  } finally {
    out.mockRestore();
    log.mockRestore();
  }
}
