// Writes what a run does at this moment into its folder, for `layerlift top`.

import type { Progress } from '../experiment/progress.ts';
import type { NowRecord } from '../records/now.ts';
import type { RunFolder } from '../records/run-folder.ts';

/** Tells `progress` as well. Throws OutputError where it cannot write. */
export function toldIn(folder: Pick<RunFolder, 'writeJson'>, progress: Progress): Progress {
  let phase = '';
  const write = (measuring?: NowRecord['measuring']): void => {
    const now: NowRecord = { version: 1, at: new Date().toISOString(), phase, ...(measuring ? { measuring } : {}) };
    folder.writeJson('now.json', now);
  };
  return {
    ...progress,
    phase: (text) => {
      phase = text;
      write();
      progress.phase(text);
    },
    sliceBegins: (slice) => {
      const { seq, arm, block } = slice;
      write({ seq, arm, block });
      progress.sliceBegins(slice);
    },
  };
}
