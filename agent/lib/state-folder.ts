/** What a run keeps on the host beside its records. Gone with the kernel objects that the journals describe: a reboot ends both. */
export const stateFolder = '/run/layerlift';
