// `top RUN`: reads the folder of a run as it grows, and shows it. It changes nothing, and asks nothing of the run.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ExitName } from '../../lib/exit-codes.ts';
import { ProfileError } from '../../lib/errors.ts';
import { findRunFolder, readRunFolder, runFoldersIn } from '../../records/read-folder.ts';
import { keptVerdictSchema, nowSchema } from '../../records/now.ts';
import { followed, withNews } from '../../report/live/followed.ts';
import { screenOf } from '../../report/live/screen.ts';
import type { LiveState } from '../../report/live/state.ts';
import { openScreen } from '../terminal/screen.ts';

export interface TopOptions {
  readonly run: string | undefined;
  readonly runs: string;
  readonly print: (text: string) => void;
  /** Left out: stdout, if it is a terminal. */
  readonly terminal?: NodeJS.WriteStream | undefined;
}

const pollMs = 1000;

/** Without a terminal it is one screen, as it stands. Throws ProfileError where there is no such run. */
export async function top({ run, runs, print, terminal = ttyOf(process.stdout) }: TopOptions): Promise<ExitName> {
  const folder = run === undefined ? newestIn(runs) : findRunFolder(run, runs);
  const look = looksAt(folder);
  if (!terminal) {
    print(`${screenOf(look(), { columns: 100, rows: 1000, styled: false }).join('\n')}\n`);
    return 'ok';
  }
  const screen = await openScreen(terminal);
  for (;;) {
    const state = look();
    screen.show(state);
    if (state.ended !== undefined) break;
    await wait(pollMs);
  }
  screen.leave();
  return 'ok';
}

function ttyOf(stream: NodeJS.WriteStream): NodeJS.WriteStream | undefined {
  return stream.isTTY ? stream : undefined;
}

function newestIn(runs: string): string {
  const [newest] = runFoldersIn(runs);
  if (newest !== undefined) return newest;
  throw new ProfileError([{ message: `there is no run in ${runs}`, hint: 'give the folder of a run, or --runs' }]);
}

/** Records are computed again only once they have grown: the run must not feel it. */
function looksAt(folder: string): () => LiveState {
  const stamp = (): string =>
    ['plan.json', 'host.json', 'pilot.json', 'slices.ndjson'].map((name) => stampOf(join(folder, name))).join();
  let seen = '';
  let records = readRunFolder(folder);
  let state = followed(records, undefined);
  return () => {
    const now = whole(() => nowSchema.parse(JSON.parse(readFileSync(join(folder, 'now.json'), 'utf8'))));
    const current = `${stamp()} ${now?.measuring?.block}`;
    if (current !== seen) {
      const fresh = whole(() => readRunFolder(folder));
      if (fresh) [records, state, seen] = [fresh, followed(fresh, now?.measuring?.block), current];
    }
    const verdict = whole(() =>
      keptVerdictSchema.parse(JSON.parse(readFileSync(join(folder, 'verdict.json'), 'utf8'))),
    );
    return withNews(state, records, { now, sentence: verdict?.sentence, atMs: Date.now() });
  };
}

/** Undefined while the run writes what is read, or has not written it yet: the next look sees it. */
function whole<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function stampOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? `${found.size}/${found.mtimeMs}` : '';
}
