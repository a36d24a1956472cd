// The three functions of jstat that quantile.ts uses; the package carries no types of its own.
declare module 'jstat' {
  const jstat: {
    readonly jStat: {
      readonly studentt: { readonly inv: (probability: number, degrees: number) => number };
      readonly centralF: { readonly cdf: (ratio: number, above: number, below: number) => number };
      readonly chisquare: { readonly inv: (probability: number, degrees: number) => number };
    };
  };
  export default jstat;
}
