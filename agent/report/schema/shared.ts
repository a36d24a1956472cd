// The words that the parts of the report's schema share.

export { layerLift, layerName, lift, list, ratio } from '../../analysis/verdict/shape.ts';
