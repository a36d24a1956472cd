// The port to the kernel: what steps, needs, the guard and look-ups may ask of the machine. This machine is one; tests have
// another, in memory.

import { exists, listFolder, makeFolder, readText, writeAttribute } from './kernel/files.ts';
import { ioctl, openControl } from './kernel/ioctl.ts';
import { nativeFailure } from './kernel/libc.ts';
import { loopStandsOn } from './kernel/loop-status.ts';
import { inodeOf, linkOf, numberOf, openExclusively, type Opened } from './kernel/nodes.ts';
import { type CommandOptions, runCommand } from './kernel/run-command.ts';
import { inTransaction, withXenstore, type Xenstore } from './xen/xenstore.ts';
import { closeSync, statSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, rename, rm, rmdir, symlink, unlink, writeFile } from 'node:fs/promises';
import type { Child } from './child.ts';
import { dial } from './kernel/dial.ts';
import { type Connection, connectIn, type Netlink, openNetlink } from './kernel/socket.ts';
import { type Program, startProgram } from './kernel/start-program.ts';
import { unloadModule } from './kernel/unload-module.ts';
import { unmount } from './kernel/unmount.ts';
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
  /** Makes a folder with all above it; none that is there is an error. */
  readonly makeFolders: (path: string) => Promise<void>;
  /** Throws Node's error, as the following five do. */
  readonly link: (target: string, path: string) => Promise<void>;
  /** Removes a file or a link, not what that leads to. */
  readonly unlink: (path: string) => Promise<void>;
  /** Writes a file, made with `mode` where it is not there. */
  readonly keep: (path: string, text: string, mode?: number) => Promise<void>;
  /** Takes the place of what is at `to`. */
  readonly rename: (path: string, to: string) => Promise<void>;
  readonly setMode: (path: string, mode: number) => Promise<void>;
  readonly copy: (path: string, to: string) => Promise<void>;
  /** Removes a folder and all in it, or nothing where there is none. */
  readonly removeTree: (path: string) => Promise<void>;
  /** All below a folder, folders too, by their paths from it. */
  readonly listTree: (path: string) => Promise<readonly string[]>;
  /** Runs a program to its end and gives its stdout. Throws HostError. */
  readonly run: (argv: readonly string[], options?: CommandOptions) => Promise<string>;
  /** Starts a program in its cgroup. */
  readonly start: (program: Program) => Child;
  /** Throws an Error whose `code` is the errno name. */
  readonly unload: (module: string) => Promise<void>;
  /** `lazily`: even where it is in use. Throws an Error. */
  readonly unmount: (path: string, lazily: boolean) => Promise<void>;
  /** Throws an Error that says in words what came in place of an answer. */
  readonly dial: (address: string, port: number, deadlineMs: number) => Promise<void>;
  /**
   * Connects from inside a named network namespace to an IPv4 address. `deadlineMs`: of each call on the connection. Throws an
   * Error whose `code` is the errno name.
   */
  readonly connectIn: (netns: string, address: string, port: number, deadlineMs: number) => Promise<Connection>;
  /** Speaks to a part of the kernel. Throws an Error whose `code` is the errno name. */
  readonly netlink: (protocol: number, port: number, groups: number, deadlineMs: number) => Netlink;
  /** Why the native module, by which `control` calls, cannot be loaded, as one line; undefined where it can. */
  readonly nativeFailure: () => string | undefined;
  /** Opens a control node, asks once, and closes it. Throws an Error whose `code` is the errno name. */
  readonly control: (path: string, request: number, argument: Buffer | number) => Promise<number>;
  /** `major:minor` of a block device; undefined for all else. */
  readonly blockNumber: (path: string) => string | undefined;
  /** Where a symbolic link points; undefined where there is none. */
  readonly linkOf: (path: string) => Promise<string | undefined>;
  /** `major:minor` of the block device that a path leads to, `cMAJOR:MINOR` of a character device; undefined for all else. */
  readonly numberOf: (path: string) => Promise<string | undefined>;
  /** `major:minor` of the device that a loop device stands on; undefined where that is a file. Throws where it cannot be told. */
  readonly loopOn: (name: string) => Promise<string | undefined>;
  /** A file as /proc/locks names it; undefined where there is none. */
  readonly inodeOf: (path: string) => Promise<string | undefined>;
  /** Opens a block device so that nobody else can claim it. Throws Node's error. */
  readonly openExclusively: (path: string) => Opened;
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
  makeFolders: async (path) => {
    await mkdir(path, { recursive: true });
  },
  link: symlink,
  unlink,
  keep: (path, text, mode) => writeFile(path, text, mode === undefined ? {} : { mode }),
  rename,
  setMode: chmod,
  copy: copyFile,
  removeTree: (path) => rm(path, { recursive: true, force: true }),
  listTree: (path) => readdir(path, { recursive: true }),
  run: runCommand,
  start: startProgram,
  unload: unloadModule,
  unmount,
  dial,
  connectIn,
  netlink: openNetlink,
  nativeFailure,
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
  linkOf,
  numberOf,
  loopOn: loopStandsOn,
  inodeOf,
  openExclusively,
  inXenstore: withXenstore,
  changeXenstore: inTransaction,
};
