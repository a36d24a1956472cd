// Death of a run with each provider and each way of it: while it raises itself, while it stands, and on the way back. What all
// runs share dies in crash-matrix.test.ts at every kind of step.

import { test } from 'vitest';
import { expectProvidersSurvive, parts } from '../../support/provider-deaths.ts';

test.each(parts)('deaths of runs with each provider are survived: $what', (part) => expectProvidersSurvive(part));
