// Kills the agent at every step of a run and between any two, and looks whether the host is as found afterwards. Runs in the
// lab, as root.
//
// The points come from a run that is left alone: each record of its journal (torn in its middle, and written), and between
// the calls of a step that takes several. The run raises the stack, starts the guests, is told to stop at its first switch,
// and unwinds. Points between which neither host nor outstanding steps change are one state. A few deaths are left to the
// watchdog; at the others it dies too, and a `recover` does it. The way back is gone through by recoveries, each killed one
// step further on than the one before, until nothing is left to undo; of a run's own way back one state of each kind is tried.

import { execFileSync } from 'node:child_process';
import { release } from 'node:os';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import {
  ahead,
  difference,
  endWatchdogs,
  inventory,
  pause,
  prepare,
  type Setup,
  recovered,
  unaided,
  type WayBack,
} from './crash-host.ts';
import { eachKind, spread, type State, statesOf } from './crash-points.ts';

const { values } = parseArgs({
  options: {
    /** Several, in turn, differ in nothing but their disk: the guard of a run that is warming up finds its disk without I/O. */
    profile: { type: 'string', multiple: true, default: ['test/fixtures/profiles/crash.yaml'] },
    /** Of the states of each kind of step one alone. */
    kinds: { type: 'boolean', default: false },
    /** Of the states those alone whose kind matches this. */
    only: { type: 'string', default: '' },
    /** Which of how many equal parts of the states is tried, as 1/3. */
    part: { type: 'string', default: '1/1' },
    /** No further one is begun after so many minutes. */
    minutes: { type: 'string', default: '1000000' },
    /** How many steps a recovery undoes before it is killed; 0: none is. */
    stride: { type: 'string', default: '1' },
    /** Every how many deaths are left to the watchdog. */
    unaided: { type: 'string', default: '8' },
    /** Leaves all modules to each run, which takes twice the time. */
    'load-modules': { type: 'boolean', default: false },
    /** Seconds before the host is looked at: systemd takes down a unit some time after its last process. */
    rest: { type: 'string', default: '0' },
    runs: { type: 'string', default: '/tmp/crash' },
  },
});
const orders = ['term=dm-swap loaded'];
/** Exit code of a run that SIGTERM has stopped, and that has restored the host. */
const terminated = 143;
const started = performance.now();
const isTime = (): boolean => (performance.now() - started) / 60_000 < Number(values.minutes);

const tried = { run: 0, back: 0 };
const survived = { run: 0, back: 0 };
const away: number[] = [];

let prepared = 0;
/** The run that was prepared last. */
let latest: Setup | undefined;

function prepareRun(number: number | undefined): Setup {
  const profile = values.profile[prepared++ % values.profile.length] ?? '';
  const argv = ['run', profile, '--quiet', '--no-caps', '--runs', values.runs];
  return (latest = prepare(argv, [...orders, ...(number === undefined ? [] : [`kill=${number}`])]));
}

type Death = Pick<Awaited<ReturnType<Setup['go']>>, 'ended' | 'said'>;

/** Waits for nobody beyond `--rest`: who is not restored then is not. */
async function judge(part: 'run' | 'back', point: string, death: Death, wayBack: WayBack): Promise<void> {
  const { how, seconds, status, said } = wayBack;
  tried[part]++;
  if (how === 'unaided') away.push(seconds);
  await pause(Number(values.rest) * 1000);
  // An inventory reads from every disk that may carry a volume group.
  if (values.profile.length > 1) await latest?.warm();
  const after = inventory();
  const result = `${point}: ${how}, ${seconds.toFixed(1)} s`;
  if (after === before && status === 0 && death.ended === 'SIGKILL') {
    survived[part]++;
    process.stdout.write(`ok   ${result}\n`);
    return;
  }
  const wrong =
    death.ended === 'SIGKILL' ? (said ?? '') : `ended by ${death.ended} and not by its point: ${death.said}`;
  process.stdout.write(`FAIL ${result}, status ${status} ${wrong}\n${difference(before, after)}`);
  if (after === before) return;
  // What one death left must not be counted against the next.
  await recovered(prepare(['recover'], []));
  if (inventory() === before) return;
  process.stdout.write('the host cannot be restored: the rest was not tried\n');
  finish();
}

async function killTheRun(all: readonly State[]): Promise<void> {
  const back = points.findIndex((name) => name.startsWith('undoing')) + 1;
  const asked = all.filter(({ kind }) => new RegExp(values.only).test(kind));
  const there = asked.filter(({ numbers }) => (numbers[0] ?? 0) < back);
  // A run's own way back has the code of a recovery, and those die at each of its steps.
  const chosen = values.kinds ? eachKind(there) : [...there, ...eachKind(asked.slice(there.length))];
  const [part = 1, parts = 1] = values.part.split('/').map(Number);
  const states = spread(chosen.filter((_, i) => i % parts === part - 1));
  // At each state in turn by another of its points, and some left to the watchdog.
  const turns = states.map(({ numbers }, i) => ({
    number: numbers[i % numbers.length] ?? 0,
    alone: (i + 1) % Number(values.unaided) === 0,
  }));
  const make = ({ number, alone }: (typeof turns)[number]) => {
    const agent = prepareRun(number);
    const recovery = alone ? undefined : prepare(['recover'], []);
    const drop = (): void => {
      agent.drop();
      recovery?.drop();
    };
    return { agent, recovery, drop };
  };
  for (const [{ number }, { agent, recovery, drop }] of ahead(turns, make, 1)) {
    if (!isTime()) {
      drop();
      break;
    }
    const death = await agent.go();
    const back = await (recovery ? recovered(recovery) : unaided());
    await judge('run', `${number} ${death.passed.at(-1) ?? ''}`, death, back);
  }
  process.stdout.write(`     ${tried.run} of ${states.length} states of a run tried\n`);
}

/** Each recovery undoes some steps and dies, of the last of them alternately with and without a record. */
async function killTheWayBack(): Promise<void> {
  const agent = prepareRun(points.indexOf('dm-swap loaded') + 1);
  await agent.go();
  endWatchdogs();
  // An undo has four points or more; before the first lie that of the lock and two of letting go. What was not recorded is
  // gone through again.
  const further = 2 + 4 * Number(values.stride);
  const kills = function* (): Generator<number> {
    for (let i = 0; ; i++) yield i % 2 === 0 ? further : 1 + 4 + further;
  };
  let deaths = 0;
  for (const [, recovery] of ahead(kills(), (kill) => prepare(['recover'], [`kill=${kill}`]))) {
    const { ended, said } = await recovery.go();
    if (ended === 'SIGKILL') {
      deaths++;
      continue;
    }
    const last: WayBack = { how: 'recover', seconds: 0, status: ended, said };
    await judge('back', `${deaths} recoveries killed in turn`, { ended: 'SIGKILL', said }, last);
    break;
  }
  tried.back += deaths;
  if (survived.back === 1) survived.back += deaths;
}

function finish(): never {
  const where = `${basename(values.profile[0] ?? '', '.yaml')} on Linux ${release().replace(/-.*/, '')}`;
  const row = (what: string, figure: string): unknown =>
    process.stdout.write(`${`${what}, ${where}`.padEnd(64)} ${figure}\n`);
  row('deaths of a run survived / tried', `${survived.run} / ${tried.run}`);
  row('deaths of a recovery survived / tried', `${survived.back} / ${tried.back}`);
  row('slowest return unaided', `${Math.max(0, ...away).toFixed(1)} s of ${away.length} (aim: 10)`);
  const isRight =
    survived.run === tried.run &&
    survived.back === tried.back &&
    tried.run > 0 &&
    (tried.back > 0 || values.stride === '0');
  process.exit(isRight ? 0 : 1);
}

if (!values['load-modules']) {
  execFileSync('test/support/preload.sh');
  // One is left to each run.
  execFileSync('modprobe', ['-r', 'sch_netem']);
}
const before = inventory();
const clean = await prepareRun(undefined).go();
const points = clean.passed;
await pause(Number(values.rest) * 1000);
if (clean.ended !== terminated || inventory() !== before) {
  process.stderr.write(`crash-matrix: the run that nobody kills ended by ${clean.ended}: ${clean.said}\n`);
  process.stderr.write(difference(before, inventory()));
  process.exit(1);
}
const states = statesOf(points);
process.stdout.write(
  `     ${points.length} points, of ${new Set(points).size} kinds, between them ${states.length} states\n`,
);
if (values.stride !== '0') await killTheWayBack();
await killTheRun(states);
finish();
