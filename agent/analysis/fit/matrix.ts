// The one piece of linear algebra that least squares over a handful of arms needs.

import { InternalError } from '../../lib/errors.ts';

export type Matrix = readonly (readonly number[])[];

/**
 * Inverse of a symmetric positive definite matrix (n x n, n small) by Gauss-Jordan elimination; such a matrix needs
 * no pivoting, because every pivot stays positive.
 *
 * @throws InternalError when a pivot is not positive: the caller passed arms that the data cannot tell apart.
 */
export function inverse(matrix: Matrix): Matrix {
  const size = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  rows.forEach((pivotRow, i) => {
    const pivot = pivotRow[i] ?? 0;
    if (!(pivot > 1e-9)) throw new InternalError('cannot invert the matrix of the normal equations');
    for (let j = 0; j < 2 * size; j++) pivotRow[j] = (pivotRow[j] ?? 0) / pivot;
    rows.forEach((row, r) => {
      if (r !== i) eliminate(row, pivotRow, i);
    });
  });
  return rows.map((row) => row.slice(size));
}

function eliminate(row: number[], pivotRow: readonly number[], column: number): void {
  const factor = row[column] ?? 0;
  if (factor === 0) return;
  pivotRow.forEach((value, j) => (row[j] = (row[j] ?? 0) - factor * value));
}
