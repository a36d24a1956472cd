import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isAnythingHanging, within } from '../../../agent/host/patience.ts';
import { HostError } from '../../../agent/lib/errors.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('what the kernel answers in time', () => {
  it('is given on, value or failure', async () => {
    expect(await within('it', 1000, Promise.resolve(7))).toBe(7);
    await expect(within('it', 1000, Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(isAnythingHanging()).toBe(false);
  });
});
