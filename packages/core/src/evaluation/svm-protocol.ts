/** What a published protocol of VOC07's linear SVM says, beside `trainLinearSvm`, which both have. */
export interface SvmProtocol {
  /** C: one that is fixed, or several to choose from. */
  readonly costs: readonly number[];
  /** Whether the whole image is squeezed into the square, rather than its middle cut out. */
  readonly stretch: boolean;
  /**
   * Whether a class that is in a test image, but difficult to see, leaves that image out of the class's
   * average precision; otherwise it counts as absent. In training it counts as absent in both.
   */
  readonly leavesOutDifficult: boolean;
}

/**
 * The two protocols by which VOC07 is classified. Their numbers differ by about a point, so each number needs
 * its protocol's name.
 *
 * - pcl: Li et al., arXiv:2005.04966; salesforce/PCL, eval_svm_voc.py at 5c8b722 and voc.py.
 * - vissl: Goyal et al., arXiv:1905.01235, section 5.2; facebookresearch/vissl, svm_trainer.py at 2f3c2a1 and
 *   svm_low_shot_trainer.py at 22cf0d4. Each of a ResNet's five layers is classified on its own, by its map
 *   pooled to at most 9,216 numbers (`pooledStage`); the best layer is what is reported.
 */
export const svmProtocols = {
  pcl: { costs: [0.5], stretch: false, leavesOutDifficult: false },
  vissl: { costs: [0.01, 0.1, 1, 2, 5, 10, 15, 20, 50, 100, 1000], stretch: true, leavesOutDifficult: true },
} as const satisfies Record<string, SvmProtocol>;

export type SvmProtocolName = keyof typeof svmProtocols;

/** Folds of the cross-validation by which vissl chooses among costs. */
export const FOLDS = 3;
