/** Folder of the journals and the lock of runs. A reboot ends it together with the kernel objects that the journals describe. */
export const stateFolder = '/run/layerlift';
