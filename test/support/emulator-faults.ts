// What an emulator does to the machine that it runs, and nothing that runs in the machine causes.

interface Fault {
  /** On the console. */
  readonly seen: RegExp;
  /** A clause on its own. */
  readonly what: string;
}

const faults: readonly Fault[] = [
  {
    // Under multi-threaded TCG a CPU may run a breakpoint of the kernel's own code patching (text_poke) after it is gone,
    // which the kernel takes for a fault of its own.
    seen: /Oops: int3: 0000/,
    what: 'the emulator ran a breakpoint that the kernel had taken back',
  },
  {
    // Linux and Xen measure the speed of a clock by the emulated timer, and then count the ticks of that timer for a while by the
    // clock (timer_irq_works in their io_apic.c). On a busy machine the first comes out wrong, and the second too short.
    seen: /IO-APIC \+ timer doesn't work!/,
    what: 'the emulator gave the kernel too few ticks of its timer in time',
  },
  {
    // The same fault, where enough ticks came after all: guest-common.sh of scripts/lab.d.
    seen: /lab: the clock of the guest runs too fast/,
    what: 'the emulator made the kernel take its clock for a slower one',
  },
];

/** How the emulator has broken a machine that printed this on its console and ended without a status; undefined if it has not. */
export const emulatorFault = (console: string): string | undefined =>
  faults.find(({ seen }) => seen.test(console))?.what;
