// The port to the kernel: what a kind of step may ask of the machine. This machine is one; tests have another, in memory.

import { exists, listFolder, makeFolder, readText, writeAttribute } from './kernel/files.ts';
import { ioctl, openControl } from './kernel/ioctl.ts';
import { type CommandOptions, runCommand } from './kernel/run-command.ts';
import { inTransaction, withXenstore, type Xenstore } from './xen/xenstore.ts';
import { closeSync, statSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import type { Reads } from './reads.ts';
import { deviceNumberOf } from './formats/device-number.ts';

export interface Kernel extends Reads {
  readonly exists: (path: string) => Promise<boolean>;
  /** Writes an attribute. Throws HostError naming the path, the value and the kernel's answer. */
  readonly write: (path: string, value: string) => Promise<void>;
  /** Throws HostError naming the path and the kernel's answer. */
  readonly makeFolder: (path: string) => Promise<void>;
  /** Throws Node's error: the caller waits while it says busy. */
  readonly removeFolder: (path: string) => Promise<void>;
  /** Runs a program to its end and gives its stdout. Throws HostError. */
  readonly run: (argv: readonly string[], options?: CommandOptions) => Promise<string>;
  /** Opens a control node, asks once, and closes it. Throws an Error whose `code` is the errno name. */
  readonly control: (path: string, request: number, argument: Buffer | number) => Promise<number>;
  /** `major:minor` of a block device; undefined for all else. */
  readonly blockNumber: (path: string) => string | undefined;
  /** Looks into xenstore. Throws HostError where nobody serves it. */
  readonly inXenstore: <T>(body: (store: Xenstore) => Promise<T>) => Promise<T>;
  /** Changes xenstore: all of it at once or nothing. */
  readonly changeXenstore: <T>(body: (store: Xenstore) => Promise<T>) => Promise<T>;
}

/** The kernel of this machine. */
export const kernelHere: Kernel = {
  read: readText,
  list: listFolder,
  exists,
  write: writeAttribute,
  makeFolder,
  removeFolder: rmdir,
  run: runCommand,
  control: async (path, request, argument) => {
    const node = openControl(path);
    try {
      return await ioctl(node, request, argument);
    } finally {
      closeSync(node);
    }
  },
  blockNumber: (path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    return found?.isBlockDevice() ? deviceNumberOf(found.rdev) : undefined;
  },
  inXenstore: withXenstore,
  changeXenstore: inTransaction,
};
