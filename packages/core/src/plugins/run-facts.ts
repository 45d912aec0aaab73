/** What is known of a run before any network exists; enough to choose views and check options. */
export interface RunFacts {
  /** Side of the square training images, in pixels. */
  readonly imageSize: number;
  /** Images per optimizer step. */
  readonly batchSize: number;
  /** Images per forward pass: `batchSize` divided by the number of accumulated parts. Every step has exactly as many. */
  readonly microBatchSize: number;
  /** Images in the training set. */
  readonly datasetSize: number;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
}
