// A knob that was tried, in words: what turning it gained, beside what was predicted, and how it lasts.

import { unreachable } from '../../lib/unreachable.ts';
import type { ReportDocument } from '../schema/schema.ts';
import { remedyOf } from './cut-short.ts';
import type { Facts, Wording } from './facts.ts';
import { renderLift } from './figures.ts';

type Tried = NonNullable<ReportDocument['tried']>;

/** `can_queue of ring from 64 to 128` */
export function turnText({ name, layer, from, to }: Pick<Tried, 'name' | 'layer' | 'from' | 'to'>): string {
  return `${name} of ${layer} from ${from} to ${to}`;
}

/** Next: as a sentence after the word. */
export function triedWording(facts: Facts, tried: Tried): Pick<Wording, 'sentence' | 'next'> {
  return { sentence: sentenceOf(facts, tried), next: nextOf(facts, tried) };
}

function sentenceOf({ cutShort }: Facts, tried: Tried): string {
  const turned = `turning ${turnText(tried)}`;
  const gained = `goodput ${renderLift(tried.gain)}`;
  const predicted = renderLift(tried.predicted);
  switch (tried.outcome) {
    case 'as-predicted':
      return `${capital(turned)} does what was predicted: ${gained}, predicted ${predicted}.`;
    case 'more':
      return `${capital(turned)} gains more than was predicted: ${gained}, predicted ${predicted}.`;
    case 'less':
      return `${capital(turned)} gains less than was predicted: ${gained}, predicted ${predicted}.`;
    case 'nothing':
      return `${capital(turned)} does nothing: ${gained}, predicted ${predicted}.`;
    case 'harm':
      return `${capital(turned)} does harm: ${gained}, predicted ${predicted}.`;
    case 'unknown':
      return cutShort
        ? `Cannot tell yet what ${turned} gains: the run was cut short: ${cutShort.why}.`
        : `Cannot tell yet what ${turned} gains: ${tried.gain ? gained : 'too few slices counted'}, predicted ${predicted}.`;
    default:
      return unreachable(tried.outcome);
  }
}

function nextOf(facts: Facts, { outcome, lasting, name, from }: Tried): string {
  const asItWas = `${name} is ${from} again.`;
  switch (outcome) {
    case 'as-predicted':
    case 'more':
      return `make it last, ${lasting.join('; ')}. ${capital(asItWas)}`;
    case 'less':
      return `the next limit stands close behind: run the profile with the new value to see it. To make it last, ${lasting.join('; ')}. ${capital(asItWas)}`;
    case 'nothing':
      return `leave it: the cap that was found is not made by ${name}, or something else of the same size stands beside it. ${capital(asItWas)}`;
    case 'harm':
      return `leave it. ${capital(asItWas)}`;
    case 'unknown':
      return `${remedyOf(facts) ?? 'try again with a larger --budget, and keep the host to this run alone while it measures'}. ${capital(asItWas)}`;
    default:
      return unreachable(outcome);
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
