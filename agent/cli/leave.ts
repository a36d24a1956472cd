// What `main` needs to end the process although something hangs in the kernel.

export { leaveIfHanging } from '../host/leave.ts';
