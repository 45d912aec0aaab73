/** Rows to cluster, e.g. the features of a data set's images. */
export interface Points {
  /** N, number of rows. */
  readonly count: number;
  /** D, length of a row. */
  readonly dim: number;
  /** `[N, D]` float32, row by row. */
  readonly values: Float32Array;
}
