import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { readText } from '../../../../agent/host/kernel/files.ts';

describe('a file that is read', () => {
  it('is absent where it does not exist', async () => {
    expect(await readText('/proc/0/comm')).toBeUndefined();
  });

  it('is absent where its process ends meanwhile: /proc then has it open already, and fails the read with ESRCH', async () => {
    const untilGone = async (pid: number): Promise<void> => {
      while ((await readText(`/proc/${pid}/status`)) !== undefined);
    };
    const children = Array.from({ length: 100 }, () => spawn('true'));
    await expect(Promise.all(children.map(({ pid }) => untilGone(pid ?? 0)))).resolves.toHaveLength(100);
  });
});
