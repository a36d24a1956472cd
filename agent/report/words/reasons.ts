// Lines that support a verdict: which stub replaced what, the next step, what to read with care.

import { namedIn } from '../../analysis/verdict/verdict.ts';
import { everyArm } from '../../lib/arm.ts';
import type { Layer } from '../../lib/layer.ts';
import { renderDuration } from '../../lib/units.ts';
import { bindingKnob, capSentences } from './caps.ts';
import { renderAtMost, renderLift, renderRise, renderShare } from './figures.ts';
import { liftingAlone, placeOf } from './lifting.ts';
import { neighboursSentences } from './neighbours.ts';
import type { Facts } from './facts.ts';

/** `ofKind`: those that the kind of verdict adds. */
export function reasonsOf(facts: Facts, ofKind: readonly string[]): readonly string[] {
  return [
    ...namedIn(facts.verdict).flatMap((layer) => [...replaced(facts, layer), ...timeIn(facts, layer)]),
    ...ofKind,
    ...fullThread(facts),
    ...elsewhere(facts),
    ...headroom(facts),
    ...facts.slows.map(
      ({ layer, lift }) =>
        `the stub of ${layer} slows the stack: goodput ${renderRise(lift)}; read sets with it with care`,
    ),
    ...recheckSentence(facts),
    ...capSentences(facts.caps),
    ...hidden(facts),
    ...neighboursSentences(facts.interference),
    ...objectiveReasons(facts),
  ];
}

function replaced({ layers }: Facts, layer: Layer): readonly string[] {
  const row = layers.find((one) => one.layer === layer);
  if (!row?.stub) return [];
  return [`in ${layer}, ${described(row.deployed)} was replaced by ${described(row.stub)}`];
}

function described({ provider, about }: { provider: string; about: string }): string {
  return about ? `${provider} (${about})` : provider;
}

function timeIn({ latency }: Facts, layer: Layer): readonly string[] {
  const own = latency.layers.find((one) => one.layer === layer);
  const top = latency.layers.at(-1);
  if (!own || !top) return [];
  return [
    `${layer} itself takes ${renderDuration(own.ownNs)} of the ${renderDuration(top.throughNs)} that an I/O takes as deployed`,
  ];
}

/** From here on a thread has no time left. */
const fullPercent = 95;
/** From here on it is worth a word that a thread waits for a CPU. */
const waitsPercent = 5;

function fullThread({ ringDaemon }: Facts): readonly string[] {
  if (!ringDaemon || ringDaemon.threadReadyPercent < fullPercent) return [];
  const { threadPercent, threadReadyPercent } = ringDaemon;
  const waits = threadReadyPercent - threadPercent;
  const held = waits < waitsPercent ? '' : `, of which it waits ${waits.toFixed(0)} % for a CPU`;
  return [
    `the I/O thread of the daemon behind a ring is full as deployed: busy ${threadReadyPercent.toFixed(0)} % of the time${held}; a deeper ring does not help it`,
  ];
}

/** Where to look in the layers that are named, once the next step is a setting of another. */
function elsewhere({ verdict, caps, layers, settings }: Facts): readonly string[] {
  const isSet = liftingAlone({ verdict, layers, settings }).some(({ layer }) => bindingKnob(caps, layer));
  if (!isSet || (verdict.kind !== 'lever' && verdict.kind !== 'tie')) return [];
  return namedIn(verdict).flatMap((layer) =>
    bindingKnob(caps, layer) ? [] : [`in ${layer}, look at ${placeOf(layer)}`],
  );
}

function recheckSentence({ recheck, window }: Facts): readonly string[] {
  // Gone, it is the verdict; unclear, it is a caveat.
  if (!recheck?.holds) return [];
  return [`checked again at the end (${window.to}), ${recheck.arm} still helps: goodput ${renderRise(recheck.lift)}`];
}

/** How far all stubs together go. */
function headroom({ arms, settings, verdict }: Facts): readonly string[] {
  const all = everyArm(settings.layers).at(-1)?.id;
  const lift = arms.find(({ arm }) => arm === all)?.lift;
  if (!lift || settings.layers.length < 2 || verdict.kind === 'none' || verdict.kind === 'not-asked') return [];
  const most = verdict.kind === 'inconclusive' ? `; no layer can hide more than ${renderAtMost(lift.high)}` : '';
  return [`all stubs together: ${renderLift(lift)}${most}`];
}

function hidden({ composition }: Facts): readonly string[] {
  if (composition !== 'hidden') return [];
  return [
    'one by one the layers promise more than the stack does: typical of a cap on I/Os in flight, relieved by a higher cap or by less latency below it',
  ];
}

/** Says which I/O counted as useful, and what a latency of this load does not show. */
function objectiveReasons({ objective, guests }: Facts): readonly string[] {
  if (!objective) return [];
  const { lowestNs, highestNs, attainment } = objective;
  const bound =
    lowestNs === highestNs
      ? renderDuration(lowestNs)
      : `each guest's objective of ${renderDuration(lowestNs)} to ${renderDuration(highestNs)}`;
  const whose = objective.guests < guests.length ? ` for ${objective.guests} of ${guests.length} guests` : '';
  const attained = attainment === null ? '' : `; ${renderShare(attainment)} attain it as deployed`;
  return [
    `goodput counts only I/O within ${bound}${whose}${attained}`,
    'the load is a closed loop: I/O that a guest could not ask for while it waited is not counted as late (coordinated omission)',
  ];
}
