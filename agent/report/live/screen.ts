// Draws a live screen as lines of text (pure): the path with the arm that is measured, the lifts as their bounds narrow, and what
// can be proven by when. No line is wider than the terminal, and there are no more of them than it has rows.

import { baselineId } from '../../lib/arm.ts';
import { mean } from '../../lib/numbers.ts';
import { renderCount } from '../../lib/units.ts';
import { plain, wrap } from '../formats/plain.ts';
import { renderLift, renderNumber, renderSeconds } from '../words/figures.ts';
import { etaLine } from '../words/outlook.ts';
import { scaleOf, strip } from './strip.ts';
import type { LiveState } from './state.ts';

export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  /** Bold and dim letters: nothing is told by them alone. */
  readonly styled: boolean;
}

/** Columns that lines may take, however wide the terminal is: longer ones are hard to read. */
const mostColumns = 120;
/** From so many on there is room for strips. */
const stripFrom = 64;

export function screenOf(state: LiveState, terminal: Terminal): readonly string[] {
  const columns = Math.max(1, Math.min(terminal.columns, mostColumns));
  const { bold, dim } = terminal.styled ? styles : unstyled;
  const cut = (line: string): string => (line.length > columns ? line.slice(0, columns) : line);
  const head = [bold(cut(headOf(state))), ...nowOf(state).map(cut)];
  const verdict = state.verdict === undefined ? [] : wrap(state.verdict, { width: columns }).map(cut).map(bold);
  const path = ['', ...pathOf(state, columns).map(({ line, isStubbed }) => (isStubbed ? dim(cut(line)) : cut(line)))];
  const lifts = spaced(liftsOf(state, columns).map(cut));
  const drift = spaced(driftOf(state, columns).map(cut));
  const promise = spaced(promiseOf(state, columns).map(cut));
  // The least important is left out first where rows are few. The last row stays free for the cursor.
  const parts: Parts = { head, verdict: spaced(verdict), path, lifts, promise, drift };
  return fitted(parts, Math.max(1, terminal.rows - 1));
}

type Part = 'head' | 'verdict' | 'path' | 'lifts' | 'promise' | 'drift';
type Parts = Readonly<Record<Part, readonly string[]>>;

const inOrder: readonly Part[] = ['head', 'verdict', 'path', 'lifts', 'promise', 'drift'];
const byWeight: readonly Part[] = ['head', 'verdict', 'lifts', 'path', 'promise', 'drift'];

function fitted(parts: Parts, rows: number): readonly string[] {
  let left = rows;
  const kept = new Map<Part, readonly string[]>();
  for (const part of byWeight) {
    const lines = parts[part];
    // A part that is cut after its empty line and one more says nothing.
    const some = lines.length <= left ? lines : left > 2 || part === 'head' ? lines.slice(0, left) : [];
    kept.set(part, some);
    left -= some.length;
  }
  return inOrder.flatMap((part) => kept.get(part) ?? []);
}

function headOf({ run, profile, elapsedMs, slices, budgetSlices, ended }: LiveState): string {
  const done =
    ended ??
    `${renderSeconds(Math.floor(elapsedMs / 1000))}, ${slices.length} of at most ${renderNumber(budgetSlices, 'slice')}`;
  return `layerlift ${plain(run)}  ${plain(profile)}  ${done}`;
}

function nowOf({ phase, measuring, ended }: LiveState): readonly string[] {
  if (ended !== undefined) return [];
  return [
    measuring ? `block ${measuring.block + 1}, slice ${measuring.seq + 1}: measuring ${measuring.arm}` : plain(phase),
  ];
}

/** From the guests down. */
function pathOf(state: LiveState, columns: number): readonly { readonly line: string; readonly isStubbed: boolean }[] {
  const { stack, measuring, guests, slices, analysis } = state;
  const own = slices.filter(({ arm, counts }) => arm === baselineId && counts).map(({ goodput }) => goodput);
  const rate = own.length > 0 ? `${renderCount(mean(own))} I/O a second as deployed` : 'not measured yet';
  const wide = columns >= stripFrom;
  const names = Math.max(...stack.map(({ layer }) => layer.length));
  const providers = Math.max(...stack.map(({ provider }) => provider.length));
  return [
    { line: `  ${renderNumber(guests, 'guest')}: ${rate}`, isStubbed: false },
    ...[...stack].reverse().map(({ layer, provider }) => {
      const isStubbed = measuring?.stubbed.includes(layer) ?? false;
      const lift = analysis?.layers.find((one) => one.layer === layer)?.now;
      const states = [
        layer.padEnd(names),
        ...(wide ? [plain(provider).padEnd(providers)] : []),
        isStubbed ? 'STUBBED ' : 'deployed',
      ];
      return { line: `  | ${states.join('  ')}  ${lift ? renderLift(lift) : ''}`.trimEnd(), isStubbed };
    }),
  ];
}

/** One line an arm: estimate and bounds, and as a strip if there is room. */
function liftsOf({ analysis, minimumLift }: LiveState, columns: number): readonly string[] {
  const rows = (analysis?.arms ?? []).flatMap(({ arm, lift }) => (lift ? [{ arm, lift }] : []));
  if (rows.length === 0) return [];
  const names = Math.max(...rows.map(({ arm }) => arm.length));
  const figures = Math.max(...rows.map(({ lift }) => renderLift(lift).length));
  const room = columns - names - figures - 6;
  const hasStrip = columns >= stripFrom && room >= 16;
  const scale = scaleOf(
    rows.map(({ lift }) => lift),
    minimumLift,
  );
  return [
    `goodput over that as deployed${hasStrip ? '; |: no change' : ''}`,
    ...rows.map(({ arm, lift }) => {
      const words = `  ${arm.padEnd(names)}  ${renderLift(lift)}`;
      return hasStrip ? `${words.padEnd(names + figures + 5)}${strip(lift, scale, room)}` : words;
    }),
  ];
}

function promiseOf(
  { analysis, slices, budgetSlices, secondsPerSlice, verdict, ended }: LiveState,
  columns: number,
): readonly string[] {
  if (verdict !== undefined || ended !== undefined || !analysis) return [];
  const { outlook, decided, blocks } = analysis;
  if (decided) return [];
  if (!outlook || blocks < 2) return ['nothing is proven before the second block'];
  return wrap(etaLine(outlook, { slices: slices.length, budgetSlices, secondsPerSlice }), { width: columns });
}

const levels = '▁▂▃▄▅▆▇█';

/** Goodput as deployed over time, so that drift is seen. */
function driftOf({ slices }: LiveState, columns: number): readonly string[] {
  const own = slices.filter(({ arm, counts }) => arm === baselineId && counts).map(({ goodput }) => goodput);
  if (own.length < 3) return [];
  const label = 'as deployed over time, from 0: ';
  const shown = own.slice(-Math.max(1, columns - label.length));
  const most = Math.max(...shown);
  const level = (value: number): string =>
    levels[Math.min(levels.length - 1, Math.floor((value / most) * levels.length))] ?? ' ';
  return [`${label}${shown.map(level).join('')}`];
}

function spaced(lines: readonly string[]): readonly string[] {
  return lines.length > 0 ? ['', ...lines] : [];
}

interface Styles {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
}
const styles: Styles = { bold: (text) => `\u001b[1m${text}\u001b[22m`, dim: (text) => `\u001b[2m${text}\u001b[22m` };
const unstyled: Styles = { bold: (text) => text, dim: (text) => text };
