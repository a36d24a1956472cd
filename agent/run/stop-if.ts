// `--stop-if COMMAND`: somebody outside says when a run has to end. Who cannot be asked counts as having said so.

import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, askCommand } from '../host/kernel/ask-command.ts';

const everyMs = 1_000;
const deadlineMs = 5_000;

export interface Asking {
  /** Asks no more; what is asked right now is not listened to. */
  readonly end: () => void;
}

/** Asks at once and then every second, one at a time. `stop` is called once at most, with a sentence. */
export function stopIf(
  command: string,
  stop: (sentence: string) => void,
  { ask = askCommand, periodMs = everyMs }: { readonly ask?: typeof askCommand; readonly periodMs?: number } = {},
): Asking {
  const ended = new AbortController();
  const hasEnded = (): boolean => ended.signal.aborted;
  const keepAsking = async (): Promise<void> => {
    while (!hasEnded()) {
      const from = performance.now();
      const answer = await ask(command, deadlineMs);
      if (hasEnded()) return;
      const sentence = sentenceOf(command, answer);
      if (sentence !== undefined) {
        stop(sentence);
        return;
      }
      const restMs = Math.max(0, periodMs - (performance.now() - from));
      await delay(restMs, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  };
  void keepAsking();
  return { end: () => ended.abort() };
}

function sentenceOf(command: string, answer: Answer): string | undefined {
  if (answer.kind === 'no') return undefined;
  if (answer.kind === 'yes') return `stopped as --stop-if asked for it: \`${command}\` ended with 0`;
  return `stopped as --stop-if could not be asked: \`${command}\`: ${answer.how} (expected 0 to stop, 1 to go on)`;
}
