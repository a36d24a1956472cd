// Files of tests share the modules, and so the count of what hangs in the kernel: one that leaves something would keep locks held
// in another's tests.

import { afterAll, expect } from 'vitest';
import { isAnythingHanging } from '../../agent/host/kernel/deadline.ts';

afterAll(() => expect(isAnythingHanging(), 'something still hangs in the kernel').toBe(false));
