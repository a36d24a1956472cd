// Parameters of each kind of device, beside those that all devices have.

import type { Layer } from '../../lib/layer.ts';
import type { BlockDevice } from '../decode/block.ts';
import type { Limit, Parameter } from '../document.ts';
import type { Context, Draft } from './context.ts';

export interface Parts {
  readonly kind: string;
  readonly layer: Layer;
  readonly name?: string;
  readonly below?: Draft['below'];
  readonly parameters?: readonly Parameter[];
  readonly table?: readonly string[];
  readonly limit?: Limit | undefined;
  readonly notes?: readonly string[];
  /** Things that are no block devices, such as the far end of a session. */
  readonly others?: readonly Draft[];
}

export type PartsOf = (context: Context, block: BlockDevice) => Parts;
