// Programs that outlive the agent: one that was started just before a death still makes its change, and an unwind that
// had looked before would miss it. So each holds the folder of the run locked until it ends, and a recovery waits for that.

import { closeSync, createReadStream, openSync, type ReadStream } from 'node:fs';
import { flock } from './flock.ts';

let mark: ReadStream | undefined;

/** The open file that every program is to have as its descriptor 3; undefined outside a run. Nobody reads it. */
export function programMark(): ReadStream | undefined {
  return mark;
}

/** From here on programs are known to `programsEnded`. Gives what ends that. */
export async function markPrograms(folder: string): Promise<() => void> {
  const fd = openSync(folder, 'r');
  await flock(fd, ['-n', '-s']);
  mark = createReadStream(folder, { fd, autoClose: false });
  return () => {
    mark = undefined;
    closeSync(fd);
  };
}

/** Waits until no program of the run in `folder` is left. False when one still is after `deadlineS`. */
export async function programsEnded(folder: string, deadlineS: number): Promise<boolean> {
  const fd = openSync(folder, 'r');
  try {
    return await flock(fd, ['-w', `${deadlineS}`, '-x']);
  } finally {
    closeSync(fd);
  }
}
