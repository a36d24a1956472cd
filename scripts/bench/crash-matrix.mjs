// Kills the agent at every point of a run and looks whether the host is as found afterwards. Runs in the lab, as root.
//
// The points come from a run that is left alone: each record of its journal (torn in its middle, and written), and between
// the calls of a step that takes several. A run raises the stack, starts the guests, is told to stop at its first switch,
// and unwinds: so the points cover the way back as well. Every second death is left to the watchdog; at the others somebody
// types `recover` at once. With --full the recovery is killed at each of its own points too.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    profile: { type: 'string', default: 'test/fixtures/profiles/crash.yaml' },
    /** Every how many points one is tried; with --first, beginning at that one. */
    every: { type: 'string', default: '1' },
    first: { type: 'string', default: '1' },
    folder: { type: 'string', default: '/tmp/crash' },
  },
});

const state = '/run/layerlift';
const log = `${values.folder}.points`;
/** A recovery that hangs, not one on a busy machine. */
const restoreDeadlineMs = 120_000;
const main = 'agent/dist/main.js';
const orders = 'term=dm-swap loaded';
/** Exit code of a run that SIGTERM has stopped, and that has restored the host. */
const terminated = 143;

function inventory() {
  return execFileSync('test/support/inventory.sh', { encoding: 'utf8' });
}

/** What the last one said on stderr, and how it ended: the signal that killed it, or its exit code. */
let said = '';
let ending;

/** Runs to its end, with the faults named; gives the points that it passed. */
async function passThrough(argv, faults) {
  rmSync(log, { force: true });
  const env = { ...process.env, LAYERLIFT_TEST_FAULTS: [log, ...faults].join(':') };
  const child = spawn(process.execPath, [main, ...argv], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
  ending = await new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal ?? code)));
  return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
}

function runOnce(faults) {
  return passThrough(['run', values.profile, '--quiet', '--no-caps', '--runs', values.folder], [orders, ...faults]);
}

function isRestored() {
  return !existsSync(state) || readdirSync(state).every((name) => name === 'lock');
}

async function unaided() {
  const start = performance.now();
  while (!isRestored() && performance.now() - start < restoreDeadlineMs) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { how: 'unaided', seconds: (performance.now() - start) / 1000, status: isRestored() ? 0 : 40 };
}

function recover() {
  const start = performance.now();
  const { status } = spawnSync(process.execPath, [main, 'recover'], { timeout: restoreDeadlineMs, stdio: 'ignore' });
  return { how: 'recover', seconds: (performance.now() - start) / 1000, status };
}

function endWatchdogs() {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (/layerlift-watchdog|\0watchdog\0/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8')))
        process.kill(Number(pid), 9);
    } catch {
      // It has ended by itself.
    }
  }
}

let tried = 0;
let survived = 0;
let slowest = 0;

/** `expected`: how the process was to end. One that was refused, or went on past its point, shows nothing. */
function judge(point, expected, { how, seconds, status, ended, said }) {
  tried++;
  slowest = Math.max(slowest, how === 'unaided' ? seconds : 0);
  const after = inventory();
  const isFound = after === before;
  const isRight = isFound && status === 0 && ended === expected;
  const result = `${point}: ${how}, ${seconds.toFixed(1)} s`;
  if (isRight) {
    survived++;
    process.stdout.write(`ok   ${result}\n`);
    return;
  }
  const wrong = ended === expected ? '' : `, ended by ${ended} where ${expected} was due: ${said}`;
  process.stdout.write(`FAIL ${result}, status ${status}${wrong}\n${difference(before, after)}`);
  if (!isFound || status !== 0) clearAway();
}

/** What one death left must not be counted against the next. */
function clearAway() {
  endWatchdogs();
  recover();
  if (isRestored() && inventory() === before) return;
  process.stdout.write('the host cannot be restored: the rest was not tried\n');
  finish();
}

function difference(before, after) {
  const [a, b] = [before, after].map((text) => new Set(text.split('\n')));
  const lost = [...a].filter((line) => !b.has(line)).map((line) => `     - ${line}\n`);
  return [...lost, ...[...b].filter((line) => !a.has(line)).map((line) => `     + ${line}\n`)].join('');
}

const stages = ['intent KIND, written', 'done KIND, torn', 'undoing KIND, written', 'undone KIND, torn'];

/** Every kind of step once, each at another stage of its life, and the points within a step. */
function shortList(points) {
  const kinds = new Set(points.flatMap((name) => /^intent (\S+),/.exec(name)?.[1] ?? []));
  const wanted = [...kinds].map((kind, i) => stages[i % stages.length].replace('KIND', kind));
  const within = ['header, written', 'intent cgroup, torn', 'dm made', 'dm loaded', 'dm-swap loaded'];
  const numbers = [...within, ...wanted].map((name) => points.indexOf(name) + 1);
  return numbers.filter((number) => number > 0).sort((a, b) => a - b);
}

function chosen(points) {
  const all = values.full ? points.map((_, i) => i + 1) : shortList(points);
  return all.filter(
    (_, i) => i + 1 >= Number(values.first) && (i + 1 - Number(values.first)) % Number(values.every) === 0,
  );
}

/** Dies at the point of this number, and is restored by `restore`. */
async function tryDeath(name, number, die, restore) {
  const passed = await die([`kill=${number}`]);
  const death = { ended: ending, said: said.trim() };
  judge(`${name}${number} ${passed.at(-1)}`, 'SIGKILL', { ...death, ...(await restore()) });
}

function finish() {
  process.stdout.write(`${'deaths survived / tried'.padEnd(52)} ${survived} / ${tried}\n`);
  process.stdout.write(`${'slowest return unaided'.padEnd(52)} ${slowest.toFixed(1)} s (aim: 10)\n`);
  process.exit(survived === tried && tried > 0 ? 0 : 1);
}

const before = inventory();
const points = await runOnce([]);
if (ending !== terminated || inventory() !== before) {
  process.stderr.write(`crash-matrix: the run that nobody kills ended by ${ending}: ${said}`);
  process.stderr.write(difference(before, inventory()));
  process.exit(1);
}
process.stdout.write(`     ${points.length} points, of ${new Set(points).size} kinds\n`);
for (const [i, number] of chosen(points).entries()) {
  await tryDeath('', number, runOnce, i % 2 === 0 ? unaided : recover);
}
if (values.full) {
  const swap = points.indexOf('dm-swap loaded') + 1;
  const dieMidway = async () => {
    const dying = runOnce([`kill=${swap}`]);
    await dying;
    endWatchdogs();
  };
  await dieMidway();
  const back = await passThrough(['recover'], []);
  for (let number = Number(values.first); number <= back.length; number += Number(values.every)) {
    await dieMidway();
    await tryDeath('recovery ', number, (faults) => passThrough(['recover'], faults), recover);
  }
}
finish();
