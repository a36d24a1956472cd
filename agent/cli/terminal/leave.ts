// `main` ends the process by these, even if something hangs in the kernel or its terminal is gone.

export { leaveIfStuck } from '../../host/session/leave.ts';
