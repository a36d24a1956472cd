// What the command `run` finds on the simulated host.

// What the end of a run loads late is there at once: loading takes no simulated time.
import '../../../agent/report/formats/html.ts';
import '../../../agent/report/plots/files.ts';
import type { Surroundings } from '../../../agent/cli/handlers/run.ts';
import type { SimHost } from './host.ts';

/** `tell` hears how the run goes; `onClose`, how its session ends. */
export function simSurroundings(
  host: SimHost,
  tell: (what: string) => void,
  onClose: (outcome: { readonly clean: boolean }) => void = () => undefined,
): Surroundings {
  return {
    preflight: () => Promise.resolve(),
    readFacts: () => Promise.resolve({ kernel: 'Linux 6.1' }),
    openSession: (_, { stop }) => {
      stop.addEventListener('abort', () => host.stop(stop.reason as Error));
      return Promise.resolve({
        host,
        caveats: [],
        journal: { path: '/dev/null', append: () => undefined, close: () => undefined },
        close: onClose,
      });
    },
    spareOthers: () =>
      Promise.resolve({
        ...{ canSee: true, notes: () => [], end: () => undefined, isSuffering: () => false },
        ...{ suffering: () => new Promise(() => undefined), findCause: () => Promise.resolve() },
      }),
    showProgress: () =>
      Promise.resolve({
        phase: tell,
        told: tell,
        sliceBegins: ({ seq, arm }) => tell(`slice ${seq} ${arm}`),
        sliceEnds: () => undefined,
        standing: () => undefined,
        end: () => undefined,
      }),
  };
}
