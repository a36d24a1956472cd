// Redraws a live screen in its place. The library that does so is loaded where there is a terminal alone.

import type { LiveState } from '../../report/live/state.ts';
import { screenOf, type Terminal } from '../../report/live/screen.ts';

export interface Screen {
  readonly show: (state: LiveState) => void;
  /** Leaves a line above the screen. */
  readonly keep: (line: string) => void;
  readonly clear: () => void;
  /** Leaves the screen as it stands. */
  readonly leave: () => void;
}

/** Of a terminal that does not tell its size: the smallest that is usual. */
const usual = { columns: 80, rows: 24 } as const;

export function terminalOf(
  { columns, rows }: { readonly columns?: number | undefined; readonly rows?: number | undefined },
  environment: Readonly<Record<string, string | undefined>>,
): Terminal {
  // NO_COLOR (no-color.org) asks for no colour, which bold and dim letters are near enough to.
  const styled = !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
  return { columns: columns || usual.columns, rows: rows || usual.rows, styled };
}

export async function openScreen(stream: NodeJS.WriteStream): Promise<Screen> {
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(stream);
  return {
    show: (state) => update(screenOf(state, terminalOf(stream, process.env)).join('\n')),
    keep: (line) => update.persist(line),
    clear: () => update.clear(),
    leave: () => update.done(),
  };
}
