// Logs: pino, synchronous, to stderr and to the run's folder. stdout is for results alone.

import { pino, type Logger } from 'pino';

/** `verbose` shows every change to the host on stderr as well; the file always has it. */
export function makeLog(options: { run: string; verbose: boolean; file: string }): Logger {
  const file = pino.destination({ dest: options.file, sync: true, mkdir: false, mode: 0o600 });
  // A full disk ends the run where results are written; a lost log line alone is no reason.
  file.on('error', () => undefined);
  const stderr = pino.destination({ dest: 2, sync: true });
  // The reader may have gone.
  stderr.on('error', () => undefined);
  const streams = pino.multistream([
    { level: 'debug', stream: file },
    ...(options.verbose ? [{ level: 'debug' as const, stream: stderr }] : []),
  ]);
  return pino(
    {
      base: { run: options.run },
      level: 'debug',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    streams,
  );
}
