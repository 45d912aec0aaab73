import type { HostTensor } from "@tssl/engine";

/** What one forward and backward pass takes in, as it comes from the loader. */
export interface HostPart {
  /** `[B, H, W, 3]` bytes for each view, `[B, P, h, w, 3]` for one whose recipe cuts patches. */
  readonly views: Readonly<Record<string, HostTensor>>;
  /** `[B]` int32: positions in the data set. */
  readonly indices: HostTensor;
  /** `[B]` int32: classes, -1 where unknown. Present where a plugin reads labels. */
  readonly labels?: HostTensor;
  /** Values of the inputs that plugins asked for, by full name. */
  readonly inputs: Readonly<Record<string, HostTensor>>;
  /** Which part of which step it is, both from 0; absent of one that is made up. */
  readonly place?: { readonly step: number; readonly part: number };
}
