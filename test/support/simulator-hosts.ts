// Hosts whose noise depends on the arm or on the time: what a fixed scatter of every slice cannot show.

import { baselineId } from '../../agent/lib/arm.ts';
import { noises, type Maker, type NoiseName, type SliceAt } from './simulator-noise.ts';

/** One arm is `factor` times as noisy as all others. `kind` is what all share, `extra` the kind of noise that the arm has on top. */
export function noisyArm(arm: string, factor: number, kind: NoiseName = 'iid', extra: NoiseName = 'iid'): Maker {
  return louder({ kind, extra, factor, isNoisy: (at) => at.arm === arm });
}

/** Every arm with a deployed layer is `factor` times as noisy as the one without. */
export function noisyDeployed(factor: number): Maker {
  return louder({ kind: 'iid', extra: 'iid', factor, isNoisy: (at) => at.arm !== 'all-stub' });
}

/** Every stub is `factor` times as noisy as the baseline. */
export function noisyStubs(factor: number): Maker {
  return louder({ kind: 'iid', extra: 'iid', factor, isNoisy: (at) => at.arm !== baselineId });
}

/** The first `slices` scatter by `sd` whatever the arm, the rest by the coefficient of variation that is asked for. */
export function disturbedStart(sd: number, slices = 15): Maker {
  return (cv, chance) => {
    const [wild, calm] = [noises.iid(sd, chance), noises.iid(cv, chance)];
    return (at) => (at.index < slices ? wild(at) : calm(at));
  };
}

/** White, and `share` of all slices lose `loss` of their goodput. */
export function stalls(share: number, loss: number): Maker {
  return (cv, chance) => {
    const calm = noises.iid(cv, chance);
    return (at) => calm(at) + (chance.uniform() < share ? Math.log(1 - loss) : 0);
  };
}

interface Louder {
  readonly kind: NoiseName;
  readonly extra: NoiseName;
  readonly factor: number;
  readonly isNoisy: (at: SliceAt) => boolean;
}

/** The extra goes on in time whichever arm is measured: an arm with a drift of its own would be one with an effect of its own. */
function louder({ kind, extra, factor, isNoisy }: Louder): Maker {
  return (cv, chance) => {
    const [all, own] = [noises[kind](cv, chance), noises[extra](cv * Math.sqrt(factor ** 2 - 1), chance)];
    return (at) => {
      const [shared, alone] = [all(at), own(at)];
      return isNoisy(at) ? shared + alone : shared;
    };
  };
}
