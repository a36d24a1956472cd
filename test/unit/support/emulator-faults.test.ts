import { expect, it } from 'vitest';
import { emulatorFault } from '../../support/emulator-faults.ts';

it('knows what an emulator does to a machine, after which a test is given another one', () => {
  const late = `[    0.004000] ..MP-BIOS bug: 8254 timer not connected to IO-APIC
[    0.024000] Kernel panic - not syncing: IO-APIC + timer doesn't work!  Boot with apic=debug and send a report.`;
  expect(emulatorFault(late)).toBe('the emulator gave the kernel too few ticks of its timer in time');
  expect(emulatorFault("(XEN) Panic on CPU 0:\r\n(XEN) IO-APIC + timer doesn't work!")).toBe(emulatorFault(late));
  const fast = emulatorFault('lab: the clock of the guest runs too fast: it is 41 s ahead');
  expect(fast).toBe('the emulator made the kernel take its clock for a slower one');
  const breakpoint =
    '[   61.204000] Oops: int3: 0000 [#1] PREEMPT SMP NOPTI\n[   61.204000] Kernel panic - not syncing';
  expect(emulatorFault(breakpoint)).toBe('the emulator ran a breakpoint that the kernel had taken back');
});

it('takes no fault of the kernel, and none that the kernel got over, for one of the emulator', () => {
  const ours =
    '[   12.000000] BUG: kernel NULL pointer dereference\n[   12.000000] Kernel panic - not syncing: Fatal exception';
  expect(emulatorFault(ours)).toBeUndefined();
  expect(emulatorFault('[    0.004000] ..MP-BIOS bug: 8254 timer not connected to IO-APIC')).toBeUndefined();
});
