// What `main` needs to end the process although something hangs in the kernel, or its terminal is gone.

export { leaveIfStuck } from '../../host/session/leave.ts';
