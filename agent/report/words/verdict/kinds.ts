// One line a kind of verdict: its words, by its name.

export { inconclusive } from './inconclusive.ts';
export { lever } from './lever.ts';
export { masked } from './masked.ts';
export { none } from './none.ts';
export { notAsked as 'not-asked' } from './not-asked.ts';
export { outside } from './outside.ts';
export { tie } from './tie.ts';
