// Runs `scripts/collect`, which looks at the host and changes nothing. It has deadlines of its own; where even these do not
// hold, what has come so far is enough.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { HostError } from '../../lib/errors.ts';

/** Beside the bundle, or in the tree. */
function collector(): string {
  const places = ['./collect', '../../../scripts/collect'].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  const found = places.find((place) => existsSync(place));
  if (found === undefined)
    throw new HostError(`cannot find the collector: ${places.join(' and ')} do not exist`, 'build anew: npm run build');
  return found;
}

const lastRecord = '\nend\n';

/** Gives what it prints, up to its last record or the deadline. Throws HostError if it cannot be started. */
export function collect(args: readonly string[], deadlineMs: number): Promise<string> {
  const script = collector();
  return new Promise((resolve, reject) => {
    const child = spawn('sh', [script, ...args], { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
    const parts: Buffer[] = [];
    const finish = (): void => {
      clearTimeout(timer);
      child.stdout.destroy();
      child.unref();
      resolve(Buffer.concat(parts).toString('utf8'));
    };
    const timer = setTimeout(finish, deadlineMs);
    child.on('error', (cause) => {
      clearTimeout(timer);
      reject(new HostError(`cannot start the collector: ${cause.message}`, undefined, { cause }));
    });
    let tail = '';
    child.stdout.on('data', (part: Buffer) => {
      parts.push(part);
      tail = (tail + part.subarray(-lastRecord.length).toString('latin1')).slice(-lastRecord.length);
      // A program that hangs may hold the pipe open for ever.
      if (tail === lastRecord) finish();
    });
    child.stdout.on('end', finish);
  });
}
