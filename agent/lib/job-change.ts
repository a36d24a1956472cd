// What a run changes of a user's fio job file: each kind is told in `plan` and in the report. Data alone; report/words has the words.

/** The reason why an option is left to the run, or says nothing of the I/O. */
export const leftOutAbout = ['files', 'length', 'output', 'cpus', 'submission', 'priority', 'conditions'] as const;
export type LeftOutAbout = (typeof leftOutAbout)[number];

export type JobChange =
  /** Options that the run decides: left out, whatever their value. */
  | { readonly kind: 'left-out'; readonly about: LeftOutAbout; readonly options: readonly string[] }
  /** The job has phases, one after another (stonewall, wait_for); one of them runs throughout. Counted from 1. */
  | { readonly kind: 'phase'; readonly phase: number; readonly of: number; readonly sections: readonly string[] }
  /** These sections ask for the page cache; they go past it. */
  | { readonly kind: 'buffered'; readonly sections: readonly string[] }
  /** An engine that does one I/O at a time is asked for more in flight; `sections` of how many. */
  | {
      readonly kind: 'one-at-a-time';
      readonly engine: string;
      readonly asked: number;
      readonly sections: readonly string[];
    }
  /** The files of the job, in bytes, lie in the lane of each guest; scaled down where that has less. */
  | { readonly kind: 'working-set'; readonly bytes: number; readonly laneBytes: number };
