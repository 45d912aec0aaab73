import { architectureOf, type MadeEncoder, torchShape, type Weights } from "@tssl/core/internal";

/** An encoder of a run, and what its artefacts say of it. */
export interface EncoderToExport {
  readonly made: MadeEncoder;
  /** As the config names it: "resnet50". */
  readonly use: string;
  /** Its options, as the config has them. */
  readonly options: Readonly<object>;
  /**
   * What it is by torchvision's or timm's names: "resnet50 with stem: imagenet", "vit_tiny_patch16";
   * undefined where it is none of these.
   */
  readonly architecture: string | undefined;
  /**
   * The plugin whose representation the run is evaluated by; undefined where it is the encoder's features.
   */
  readonly representedBy: string | undefined;
  /** Makes the same encoder with other weights, to prove a file of them. */
  readonly withWeights: (weights: Weights) => Promise<MadeEncoder>;
  /** Optimizer steps that it was trained for. */
  readonly steps: number;
  /** Texts that the artefacts carry, such as the run's name and a digest of its config. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What an encoder is by torchvision's or timm's names, told by the shapes of its parameters. */
export const architectureOfEncoder = ({ store, prefix }: MadeEncoder): string | undefined =>
  architectureOf(
    new Map(
      store.entries().flatMap(({ name, variable }) => {
        if (!name.startsWith(prefix)) return [];
        const own = name.slice(prefix.length);
        return [[own, torchShape(own, variable.shape)] as const];
      }),
    ),
  );
