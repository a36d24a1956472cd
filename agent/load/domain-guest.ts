// A guest that is a domain of its own: its fio is driven over the domain's console, word by word (host/xen/guest-init.ts).

import type { Console } from '../host/child.ts';
import type { Host } from '../host/host.ts';
import { LateError, LoadError, reasonOf } from '../lib/errors.ts';
import type { Domain } from '../lib/xen.ts';
import { decodeSnapshot, DocumentSplitter, type Snapshot } from './fio-output.ts';
import { askSnapshot, type GuestPlan, type RunningGuest } from './guest.ts';

/** The disk that a domain measures on, as it sees it. */
export const diskOfDomain = '/dev/xvda';

const answerMs = 20_000;
const said = /^layerlift: (\w+) ?(.*)$/;

/** Hands the job over; fio begins when the guest is let run for the first time. Throws LoadError when the domain does not answer. */
export async function startDomainGuest(
  host: Host,
  guest: GuestPlan & { readonly domain: Domain },
): Promise<RunningGuest> {
  const { number, domain, job, readOnly } = guest;
  const console = await host.console(domain);
  const talk = listen(console, number);
  await host.whenMade(async () => {
    // Output of an earlier load ends with the answer to a word of this one.
    const nonce = `${process.pid}-${Math.round(performance.now())}`;
    await talk.answer('hello', nonce, () => console.send(`hello ${nonce}`));
    await talk.answer('loaded', '', () => console.send(`job\n${job}.`));
  });
  let begun = false;
  let stopped = false;
  let over = false;
  const died = new Promise<never>((_, reject) => {
    talk.broken.catch(reject);
    void talk.ended.then((status) => {
      over = true;
      if (stopped) return;
      const last = talk.notes().slice(-3).join(' | ');
      const why = `fio of guest ${number} ended in mid-run with exit status ${status}${last ? `: ${last}` : ''}`;
      reject(new LoadError(why, 'its job file is in the run folder'));
    });
  });
  died.catch(() => undefined);
  return {
    number,
    died,
    snapshot: () =>
      Promise.race([askSnapshot(() => console.send('ask'), talk.waiting, number), died]).catch(
        async (failure: unknown) => {
          const whatFailed = failure instanceof LateError ? await console.whatFailed() : undefined;
          if (whatFailed === undefined) throw failure;
          throw new LoadError(
            `the domain ${domain.name} of guest ${number} ${whatFailed} in mid-run`,
            'xl dmesg may say why',
          );
        },
      ),
    freeze: (frozen) => {
      if (!begun && !frozen) console.send(`start${readOnly ? ' --readonly' : ''}`);
      else if (begun) console.send(frozen ? 'pause' : 'resume');
      begun ||= !frozen;
      return Promise.resolve();
    },
    stop: () => {
      stopped = true;
      console.send('stop');
      void talk.ended.then(() => console.close());
    },
    isOver: () => over || !begun,
  };
}

interface Talk {
  readonly waiting: ((snapshot: Snapshot) => void)[];
  /** Resolves with fio's exit status. */
  readonly ended: Promise<string>;
  /** Rejects with LoadError when what comes is not what fio prints. */
  readonly broken: Promise<never>;
  /** Asks, and waits for the word that answers. */
  readonly answer: (word: string, rest: string, ask: () => void) => Promise<void>;
  /** Lines that are neither ours nor a document: what fio had to complain about. */
  readonly notes: () => readonly string[];
}

function listen(console: Console, guest: number): Talk {
  const waiting: ((snapshot: Snapshot) => void)[] = [];
  const notes: string[] = [];
  const splitter = new DocumentSplitter();
  let awaited: { readonly text: string; readonly done: () => void } | undefined;
  let end: (status: string) => void = () => undefined;
  let rest = '';
  const ended = new Promise<string>((resolve) => (end = resolve));
  const broken = new Promise<never>((_, reject) => {
    const take = (line: string): void => {
      const [, word = '', what = ''] = said.exec(line) ?? [];
      if (awaited && `${word} ${what}`.trim() === awaited.text) awaited.done();
      // Before the first answer of this load, all is of an earlier one.
      else if (word === 'ended' && awaited === undefined) end(what);
      else if (word === '' && !/^[\s{}"[\]]/.test(line) && line !== '') notes.push(line);
    };
    console.output.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      try {
        for (const line of lines) take(line);
        if (awaited === undefined)
          for (const document of splitter.push(text)) {
            const snapshot = decodeSnapshot(document);
            if (snapshot) waiting.shift()?.(snapshot);
            else reject(new LoadError(`fio of guest ${guest} printed a document that is no snapshot of its own`));
          }
      } catch (failure) {
        console.output.removeAllListeners('data').resume();
        reject(failure instanceof Error ? failure : new LoadError(reasonOf(failure)));
      }
    });
  });
  broken.catch(() => undefined);
  const answer = (word: string, what: string, ask: () => void): Promise<void> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        const instead = `did not answer within ${answerMs / 1000} s`;
        const refuse = (what = instead): void => reject(new LoadError(`the domain of guest ${guest} ${what}`));
        console.whatFailed().then(refuse, () => refuse());
      }, answerMs);
      const done = (): void => {
        clearTimeout(late);
        awaited = undefined;
        resolve();
      };
      awaited = { text: `${word} ${what}`.trim(), done };
      ask();
    });
  return { waiting, ended, broken, answer, notes: () => notes };
}
