import type { Recipe } from "@tssl/augment-zoo";
import { attribute, rawOp, withoutGradient } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { l2Normalize } from "../../losses/l2-normalize.ts";
import { dense } from "../../networks/layers.ts";
import type { Network } from "../../networks/network.ts";
import { linearHead } from "../../networks/projection-head.ts";
import { constant } from "../../state/schedules.ts";
import { trainingMode } from "../../plugins/build.ts";
import { type EmbeddingSpace, embeddingSpace, type Query } from "../../plugins/embedding-space.ts";
import { type Embeddings, embeddings } from "../../plugins/embeddings.ts";
import type { EpochContext } from "../../plugins/epoch-context.ts";
import {
  definePlugin,
  type Phase,
  type PhaseMoment,
  type Plugin,
  type PluginRun,
  type Representation,
  type StepContext,
} from "../../plugins/plugin.ts";
import { definePublication, published } from "../../plugins/publication.ts";
import type { Replicas } from "../../state/replicas.ts";
import { pullToZero } from "../pull-to-zero.ts";

const noOptions = { type: "object", additionalProperties: false, required: [], properties: {} } as const;
const recipe = [{ op: "centerCrop", size: 8 }] as const;

/**
 * Queries against the keys of a momentum encoder and of the step before: all that a method has, as it should
 * be.
 */
export const method = (
  name: string,
  {
    space = (whole) => whole,
    keysWithGradient = false,
    pushInStep = false,
    pushOwn = false,
    positivesOf = ({ ownRows }, batch) => ownRows(batch),
  }: {
    readonly space?: (whole: EmbeddingSpace) => EmbeddingSpace;
    readonly keysWithGradient?: boolean;
    readonly pushInStep?: boolean;
    readonly pushOwn?: boolean;
    readonly positivesOf?: (replicas: Replicas, batch: number) => tf.Tensor1D;
  } = {},
) =>
  definePlugin<object>({
    name,
    options: noOptions,
    publishes: [embeddingSpace],
    views: () => ({
      query: { recipe: [...recipe] },
      key: { recipe: [...recipe, { op: "grayscale", p: 1 }] },
    }),
    setup(build) {
      const head = linearHead({ dim: 4 });
      const online = build.network("online", { head });
      const target = keysWithGradient
        ? { ...build.network("target", { head }), update: () => undefined }
        : build.emaOf(online, "target", { momentum: constant(0.5) });
      const queue = build.queue("keys", { size: 16, dim: 4 });
      const embedQuery = (view: tf.Tensor4D) => l2Normalize(online.embed(view));
      return {
        network: online,
        step({ views, keep, replicas }) {
          const embedding = embedQuery(views["query"]!);
          const own = keep(l2Normalize(target.embed(views["key"]!)));
          const keys = keep(replicas.gather(own));
          if (pushInStep) queue.push(keys);
          const candidates = tf.concat2d([keys, queue.rows()], 0);
          const positives = positivesOf(replicas, own.shape[0]);
          const lossOf = (rows: tf.Tensor2D) => {
            const likeness = tf.logSoftmax(tf.matMul(rows, candidates, false, true));
            const right = tf.oneHot(positives, candidates.shape[0]);
            return tf.neg<tf.Scalar>(tf.mean<tf.Scalar>(tf.sum(tf.mul(likeness, right), 1)));
          };
          const whole = {
            kind: "instances" as const,
            queries: { query: { embedding, positives, lossOf } },
            embedQuery,
            candidates,
          };
          return {
            terms: { contrast: { loss: lossOf(embedding) } },
            publish: [published(embeddingSpace, space(whole))],
            after() {
              if (!pushInStep) queue.push(pushOwn ? own : keys);
            },
          };
        },
        afterStep: (context) => target.update(context),
      };
    },
  });

/** A term on top of a method: a second view of each image is drawn to the first one, which is the teacher. */
export const term = (name: string, { detached = true }: { readonly detached?: boolean } = {}) =>
  definePlugin<object>({
    name,
    options: noOptions,
    requires: [embeddingSpace],
    views: () => ({ strong: { recipe: [...recipe, { op: "solarize", threshold: 128, p: 1 }] } }),
    setup: () => ({
      step({ views, use }) {
        const { queries, embedQuery } = use(embeddingSpace);
        const { embedding } = queries["query"]!;
        const teacher = detached ? withoutGradient(() => tf.clone(embedding)) : embedding;
        const loss = tf.mean<tf.Scalar>(tf.squaredDifference(embedQuery(views["strong"]!), teacher));
        return { terms: { follow: { loss, weight: 3 } } };
      },
    }),
  });

/** A method without candidates, in small: two views of an image are drawn together, and apart from zero. */
export const twins = (
  name: string,
  publish: (
    rows: { readonly first: tf.Tensor2D; readonly second: tf.Tensor2D },
    world: Replicas,
  ) => Embeddings = (rows) => rows,
) =>
  definePlugin<object>({
    name,
    options: noOptions,
    publishes: [embeddings],
    views: () => ({
      first: { recipe: [...recipe] },
      second: { recipe: [...recipe, { op: "grayscale", p: 1 }] },
    }),
    setup(build) {
      const network = build.network("online", { head: linearHead({ dim: 4 }) });
      return {
        network,
        step({ views, replicas }) {
          const rows = { first: network.embed(views["first"]!), second: network.embed(views["second"]!) };
          const apart = tf.mean<tf.Scalar>(tf.squaredDifference(rows.first, rows.second));
          const size = tf.mean<tf.Scalar>(tf.squaredDifference(tf.abs(rows.first), 1));
          return {
            terms: { agreement: { loss: tf.add<tf.Scalar>(apart, size) } },
            publish: [published(embeddings, publish(rows, replicas))],
          };
        },
      };
    },
  });

export const oneEmbedding = twins("broken", ({ first }) => ({ first }));

export const embeddingOfNoView = twins("broken", ({ first, second }) => ({ first, other: second }));

export const embeddingsOfTwoLengths = twins("broken", ({ first, second }) => ({
  first,
  second: second.slice([0, 0], [-1, 3]),
}));

export const rowsOfPairs = twins("broken", ({ first, second }) => ({
  first: first.slice([0, 0], [2, -1]),
  second: second.slice([0, 0], [2, -1]),
}));

export const twiceTheSame = twins("broken", ({ first }) => ({ first, second: tf.clone(first) }));

export const gatheredEmbeddings = twins("broken", ({ first, second }, replicas) => ({
  first: replicas.gather(first),
  second: replicas.gather(second),
}));

const patchesRecipe: Recipe = [
  { op: "centerCrop", size: 16 },
  { op: "patches", rows: 2, columns: 2, size: 6, stride: 8, jitter: 2 },
  { op: "horizontalFlip", p: 0.5 },
];

/** PIRL in small: an image and its patches, in an order that is drawn in the step, are drawn together. */
export const jigsaw = (name: string, read: (context: StepContext) => tf.Tensor5D = patchesOf) =>
  definePlugin<object>({
    name,
    options: noOptions,
    views: () => ({ image: { recipe: [...recipe] }, tiles: { recipe: patchesRecipe } }),
    setup(build) {
      const network = build.network("online", { head: linearHead({ dim: 4 }) });
      const ofPatches = build.head("patches", {
        head: linearHead({ dim: 4 }),
        inputDim: 4 * network.featureDim,
      });
      const order = build.random("order");
      return {
        network,
        step(context) {
          const patches = read(context); // [B, 4, 6, 6, 3]
          const [count, number, height, width, channels] = patches.shape;
          const each = tf.reshape<tf.Rank.R4>(patches, [count * number, height, width, channels]);
          const features = network.encode(each);
          const inOrder = tf.gather(
            tf.reshape(features, [count, number, -1]),
            order.permutation(context, number),
            1,
          );
          const together = l2Normalize(ofPatches(tf.reshape<tf.Rank.R2>(inOrder, [count, -1])));
          const whole = l2Normalize(network.embed(context.views["image"]!));
          return { terms: { match: { loss: tf.mean<tf.Scalar>(tf.squaredDifference(whole, together)) } } };
        },
      };
    },
  });

function patchesOf({ patches }: StepContext): tf.Tensor5D {
  return patches["tiles"]!;
}

/** A method whose loss is multiplied by something that a step makes anew each time. */
const times = (factor: (context: StepContext) => tf.Tensor | number) =>
  pullToZero("broken", ({ network }) => ({
    step: (context) => {
      const loss = tf.mean<tf.Scalar>(tf.square(network.embed(context.views["image"]!)));
      return { terms: { size: { loss: tf.mean<tf.Scalar>(tf.mul(loss, factor(context))) } } };
    },
  }));

const withOptions = (options: object): Plugin<object> => ({
  ...pullToZero("broken"),
  options: options as never,
});

export const noDefault = withOptions({
  type: "object",
  additionalProperties: false,
  required: [],
  properties: { dim: { type: "integer", nullable: true } },
});

export const wrongDefault = withOptions({
  ...noOptions,
  properties: { dim: { type: "integer", minimum: 1, default: 0 } },
});

export const anyOption = withOptions({ type: "object", required: [], properties: {} });

export const anyValue = withOptions({ ...noOptions, properties: { dim: { default: 4 } } });

export const unusedView = definePlugin<object>({
  ...pullToZero("broken"),
  views: () => ({ image: { recipe: [...recipe] }, extra: { recipe: [...recipe] } }),
});

export const unaskedView = times(({ views }) => tf.mean(views["other"]!));
export const unusedPatches = definePlugin<object>({
  ...pullToZero("broken"),
  views: () => ({ image: { recipe: [...recipe] }, tiles: { recipe: patchesRecipe } }),
});
export const unaskedPatches = times(({ patches }) => tf.mean(patches["tiles"]!));
export const patchesAmongViews = jigsaw("broken", ({ views }) => views["tiles"] as unknown as tf.Tensor5D);
export const imageAmongPatches = times(({ patches }) => tf.mean(patches["image"]!));

const word = definePublication<string>("word");

export const silent = { ...pullToZero("broken"), publishes: [word] };

export const secretive = pullToZero("broken", () => ({
  step: () => ({ publish: [published(word, "hello")] }),
}));

/** Says that it publishes a word too, so that a plugin can require that and nothing else. */
export const talkative = { ...method("method"), publishes: [embeddingSpace, word] };

export const eavesdropper = { ...term("broken"), requires: [word] };

export const looksUnnamed = pullToZero("broken", () => ({ step: ({ find }) => (find(word), {}) }));

export const looksNowhere = { ...pullToZero("broken"), uses: [word] };

export const takesForGranted = { ...term("broken"), requires: [], uses: [embeddingSpace] };

export const readsLabels = times(({ labels }) => tf.mean(tf.cast(labels!, "float32")));

export const namesLabels = definePlugin<object>({ ...pullToZero("broken"), reads: ["labels"] });

export const candidatesWithGradient = method("broken", {
  space: (whole) => ({
    ...whole,
    candidates: whole.queries["query"]!.embedding,
  }),
});

export const longRows = method("broken", {
  space: (whole) => ({ ...whole, candidates: tf.mul(whole.candidates, 2) }),
});

/** A method that publishes its query otherwise than it should. */
const withQuery = (change: (query: Query, space: EmbeddingSpace) => Partial<Query>) =>
  method("broken", {
    space: (whole) => {
      const query = whole.queries["query"]!;
      return { ...whole, queries: { query: { ...query, ...change(query, whole) } } };
    },
  });

export const positiveOutside = withQuery(({ positives }) => ({
  positives: tf.add(positives, tf.scalar(20, "int32")),
}));

export const positiveLeftOut = withQuery(({ positives }) => ({ sameView: positives }));

export const deadLossOf = withQuery(({ lossOf }) => ({
  lossOf: (rows) => withoutGradient(() => lossOf(rows)),
}));

export const lossOfOwnQuery = withQuery(({ lossOf, embedding }) => ({
  lossOf: (rows) => tf.add<tf.Scalar>(lossOf(rows), tf.mean(tf.mul(embedding, rows))),
}));

export const variableInSetup = pullToZero("broken", ({ network }) => {
  const center = tf.variable(tf.zeros([1, 2]));
  return {
    step: ({ views }) => ({
      terms: { size: { loss: tf.mean(tf.squaredDifference(network.embed(views["image"]!), center)) } },
    }),
  };
});

export const variableInStep = times(() => tf.variable(tf.scalar(2)));

export const carriedTensor = () => {
  let last: tf.Tensor | undefined;
  return times(() => {
    const factor = last === undefined ? tf.scalar(1) : tf.mul(last, 0.5);
    last?.dispose();
    last = tf.keep(factor);
    return factor;
  });
};

export const leakInStep = times(() => tf.keep(tf.ones([3])));

export const leakInAfter = pullToZero("broken", () => ({
  step: () => ({ after: () => void tf.keep(tf.zeros([5], "int32")) }),
}));

export const leakInSetup = pullToZero("broken", ({ build }) => {
  build.variable("center", tf.zeros([7])); // copied; whose the first one is, the contract says
  return {};
});

export const writesInStep = method("broken", { pushInStep: true });

export const writesBankInStep = pullToZero("broken", ({ build, network }) => {
  const bank = build.bank("bank", { rows: build.facts.datasetSize, dim: 2, keep: 0.5 });
  return {
    step({ views, indices }) {
      bank.write(indices, network.embed(views["image"]!));
      return {};
    },
  };
});

/** A method with a trained value outside of its network, the point that embeddings are drawn to. */
const withPoint = (more: (point: tf.Variable) => Partial<PluginRun> & { inStep?: () => void }) =>
  pullToZero("broken", ({ build, network }) => {
    const point = build.parameter("point", { shape: [1, 2], initial: { kind: "constant", value: 1 } });
    const { inStep, ...rest } = more(point);
    return {
      step({ views }) {
        inStep?.();
        const loss = tf.mean<tf.Scalar>(tf.square(tf.sub(network.embed(views["image"]!), point)));
        return { terms: { size: { loss } } };
      },
      run: rest,
    };
  });

const doubled = (variable: tf.Variable) => tf.tidy(() => variable.assign(tf.mul(variable, 2)));

export const writesParameterInStep = withPoint((point) => ({ inStep: () => doubled(point) }));

export const stillStatistics = definePlugin<object>({
  ...pullToZero("broken"),
  setup(build) {
    const network = build.network("network", { head: linearHead({ dim: 2 }) });
    return {
      network,
      step({ views }) {
        const embedding = network.project(network.encode(views["image"]!, "inference"), "inference");
        return { terms: { size: { loss: tf.mean(tf.square(embedding)) } } };
      },
    };
  },
});

/** A method with a momentum encoder, which `moves` moves. */
const followed = (moves: {
  readonly after?: (update: () => void) => void;
  readonly afterStep?: (update: () => void) => void;
}) =>
  pullToZero("broken", ({ build, network }) => {
    const target = build.emaOf(network, "target", { momentum: constant(0.5) });
    return {
      step: (context) => ({ after: () => moves.after?.(() => target.update(context)) }),
      run: { afterStep: (context) => moves.afterStep?.(() => target.update(context)) },
    };
  });

export const movesOnceAPart = followed({ after: (update) => update() });

export const movesNever = followed({});

export const movesTwice = followed({
  afterStep(update) {
    update();
    update();
  },
});

export const ownRowsInQueue = method("broken", { pushOwn: true });

export const ownCandidates = method("broken", {
  space: (whole) => ({
    ...whole,
    candidates: withoutGradient(() => tf.clone(whole.queries["query"]!.embedding)),
  }),
});

export const positivesOfRank0 = method("broken", {
  positivesOf: (_, batch) => tf.range(0, batch, 1, "int32"),
});

export const publishedOfRank0 = withQuery(({ positives }) => ({
  positives: tf.sub(positives, tf.min(positives)),
}));

const represented = (represent: (parts: { network: Network }) => Representation) =>
  pullToZero("broken", ({ network }) => ({ run: { representation: represent({ network }) } }));

export const wrongFeatureDim = represented(({ network }) => ({
  featureDim: 4,
  features: (images) => network.project(network.features(images), "inference"),
}));

export const representsInTraining = represented(({ network }) => ({
  featureDim: 2,
  features: (images) => network.embed(images),
}));

export const representsAtRandom = represented(({ network }) => ({
  featureDim: network.featureDim,
  features: (images) => tf.mul(network.features(images), Math.random()),
}));

export const representationReads = represented(({ network }) => ({
  featureDim: network.featureDim,
  features(images) {
    const features = network.features(images);
    return tf.mul(features, Number.isFinite(features.dataSync()[0]) ? 1 : 0);
  },
}));

export const representsNothing = definePlugin<object>({
  ...term("broken"),
  setup: (build, options) => ({
    ...term("broken").setup(build, options),
    representation: { featureDim: 2, features: (images) => tf.zeros([images.shape[0], 2]) },
  }),
});

const withPhases = (phase: (moment: PhaseMoment) => Phase) =>
  pullToZero("broken", () => ({ run: { phase } }));

export const countsPhases = () => {
  let asked = 0;
  return withPhases(() => ({ key: asked++ < 30 ? "one" : "other" }));
};

export const freezesNothing = withPhases(() => ({
  key: "frozen",
  frozen: ["network.encoder", "prototypes"],
}));

export const freezesWithoutKey = withPhases(({ epoch }) => ({
  key: "only",
  frozen: epoch === 0 ? ["network.head"] : [],
}));

export const movesFrozen = withPoint((point) => ({
  phase: ({ epoch }) => (epoch === 0 ? { key: "first", frozen: ["point"] } : { key: "then" }),
  afterStep: () => doubled(point),
}));

/** A method whose second phase begins with a step of its own kind, as JavaScript sees it. */
export const firstOfPhase = pullToZero("broken", ({ network }) => {
  let last = "";
  return {
    step({ views, phase }) {
      const isFirst = last === "one" && phase === "other";
      last = phase;
      const loss = tf.mean<tf.Scalar>(tf.square(network.embed(views["image"]!)));
      return { terms: { size: { loss: tf.mul(loss, isFirst ? 2 : 1) } } };
    },
    run: { phase: ({ epoch }) => ({ key: epoch === 0 ? "one" : "other" }) },
  };
});

/** A method that is drawn to a center, which it writes before every epoch. */
const withCenter = (work: (context: EpochContext, center: tf.Variable) => Promise<void>) =>
  pullToZero("broken", ({ build, network }) => {
    const first = tf.ones([2]);
    const center = build.variable("center", first);
    first.dispose();
    return {
      step({ views }) {
        const loss = tf.mean<tf.Scalar>(tf.squaredDifference(network.embed(views["image"]!), center));
        return { terms: { size: { loss } } };
      },
      run: { beforeEpoch: (context) => work(context, center) },
    };
  });

export const unseededWork = withCenter(async ({ write }, center) => {
  await Promise.resolve();
  write(center, Float32Array.of(Math.random(), 0));
});

export const longWork = withCenter(async ({ write }, center) => {
  await Promise.resolve();
  write(center, Float32Array.of(1, 2, 3));
});

export const assigningWork = withCenter(async (_context, center) => {
  await Promise.resolve();
  doubled(center);
});

export const workThatCleansUp = withCenter(async ({ write, signal }, center) => {
  signal.addEventListener("abort", () => doubled(center));
  await Promise.resolve();
  write(center, Float32Array.of(0, 1));
});

export const workThatRemembersItsStop = () => {
  let stops = 0;
  return withCenter(async ({ write, signal }, center) => {
    signal.addEventListener("abort", () => stops++);
    await Promise.resolve();
    write(center, Float32Array.of(stops, 1));
  });
};

/** Remembers beside the state what it found before the epoch. */
export const rememberingWork = pullToZero("broken", ({ network }) => {
  let factor = 1;
  return {
    step({ views }) {
      const loss = tf.mean<tf.Scalar>(tf.square(network.embed(views["image"]!)));
      return { terms: { size: { loss: tf.mul(loss, factor) } } };
    },
    run: {
      async beforeEpoch({ epoch }) {
        await Promise.resolve();
        factor = epoch + 2;
      },
    },
  };
});

/** A plugin that writes what another one keeps. */
export function trespasser() {
  let center: tf.Variable;
  const owner = pullToZero("owner", ({ build }) => {
    const first = tf.ones([2]);
    center = build.variable("center", first);
    first.dispose();
    return {};
  });
  const plugin = definePlugin<object>({
    name: "broken",
    options: noOptions,
    setup: () => ({
      step: () => ({ terms: {} }),
      async beforeEpoch({ write }) {
        await Promise.resolve();
        write(center, Float32Array.of(0, 0));
      },
    }),
  });
  return { owner, plugin };
}

export const untaughtParameter = pullToZero("broken", ({ build }) => {
  build.parameter("prototypes", { shape: [3, 2], initial: { kind: "normal", deviation: 1 } });
  return {};
});

export const untaughtModule = pullToZero("broken", ({ build, network }) => {
  const predict = build.module("predictor", (scope) => dense(scope, "0", { from: 2, to: 2 }));
  return {
    step({ views }) {
      const embedding = network.embed(views["image"]!);
      const predicted = withoutGradient(() => predict(embedding, trainingMode));
      return { terms: { size: { loss: tf.mean(tf.squaredDifference(embedding, predicted)) } } };
    },
  };
});

export const noGradient = pullToZero("broken", ({ network }) => ({
  step: ({ views }) => ({
    terms: {
      size: { loss: tf.mean(tf.square(network.embed(views["image"]!))) },
      other: { loss: withoutGradient(() => tf.mean<tf.Scalar>(tf.square(network.embed(views["image"]!)))) },
    },
  }),
}));

export const unusedNetwork = pullToZero("broken", ({ build }) => {
  build.network("spare", { head: linearHead({ dim: 2 }) });
  return {};
});

export const teacherNotDetached = term("broken", { detached: false });

export const targetWithGradient = method("broken", { keysWithGradient: true });

const twiceTheGradient = tf.customGrad((x) => ({
  value: tf.clone(x as tf.Tensor),
  gradFunc: (dy: tf.Tensor) => tf.mul(dy, 2),
}));

export const wrongGradient = pullToZero("broken", ({ network }) => ({
  step: ({ views }) => ({
    terms: { size: { loss: tf.mean(tf.square(twiceTheGradient(network.embed(views["image"]!)))) } },
  }),
}));

export const vectorLoss = pullToZero("broken", ({ network }) => ({
  step: ({ views }) => ({
    terms: { size: { loss: tf.mean(tf.square(network.embed(views["image"]!)), 1) as unknown as tf.Scalar } },
  }),
}));

export const countsInInt = pullToZero("broken", () => ({
  step: () => ({ metrics: { images: tf.scalar(4, "int32") } }),
}));

export const evenBatches = pullToZero("broken", ({ network }) => ({
  step: ({ views }) => ({
    terms: { size: { loss: tf.mean(tf.square(tf.reshape(network.embed(views["image"]!), [2, -1, 2]))) } },
  }),
}));

export const readsValue = times(({ views }) => tf.mean(views["image"]!).dataSync()[0]!);

export const readsValueLater = times(({ views }) => {
  void tf.mean(views["image"]!).data();
  return 1;
});

export const drawsInJavaScript = times(() => 1 + Math.random());

export const drawsWithTfjs = times(() => tf.randomUniform([3]));

export const drawsInTensorFlow = times(() => {
  const types = { dtype: attribute.type("float32"), T: attribute.type("int32") };
  return rawOp("RandomUniform", types, [tf.tensor1d([3], "int32")], 1)[0]!;
});

export const countsSteps = pullToZero("broken", ({ network }) => {
  let steps = 0;
  return {
    step: ({ views }) => ({
      terms: {
        size: { loss: tf.mul(tf.mean(tf.square(network.embed(views["image"]!))), 1 + 0.5 * steps++) },
      },
    }),
  };
});

/** Its steps at a learning rate of 0.001 go far across hills and valleys of the loss. */
export const steep = pullToZero("broken", ({ network }) => ({
  step({ views }) {
    const size = tf.mean<tf.Scalar>(tf.square(network.embed(views["image"]!)));
    return { terms: { size: { loss: tf.sin(tf.mul<tf.Scalar>(size, 100)) } } };
  },
}));

/** A root of negative numbers. */
export const notANumberAtOnce = pullToZero("broken", ({ network }) => ({
  step({ views }) {
    const size = tf.mean<tf.Scalar>(tf.square(network.embed(views["image"]!)));
    return { terms: { size: { loss: tf.sqrt(tf.neg(size)) } } };
  },
}));

/** A division by a number that becomes 0, however little was trained. */
export const infiniteInStep5 = pullToZero("broken", ({ build, network }) => {
  const left = build.input({ name: "left", shape: [], valueAt: ({ step }) => Float32Array.of(5 - step) });
  return {
    step({ views, input }) {
      const size = tf.mean<tf.Scalar>(tf.square(network.embed(views["image"]!)));
      return { terms: { size: { loss: tf.div(size, input(left)) } } };
    },
  };
});

/** Embeddings grow without bound, and large steps come to an infinite loss soon. */
export const growsWithoutBound = pullToZero("broken", ({ network }) => ({
  step({ views }) {
    const size = tf.mean<tf.Scalar>(tf.square(network.embed(views["image"]!)));
    return { terms: { size: { loss: tf.neg(tf.exp(tf.mul<tf.Scalar>(size, 10))) } } };
  },
}));

export const countsRuns = () => {
  let runs = 0;
  return pullToZero("broken", ({ network }) => {
    const factor = ++runs;
    return {
      step: ({ views }) => ({
        terms: { size: { loss: tf.mul(tf.mean(tf.square(network.embed(views["image"]!))), factor) } },
      }),
    };
  });
};

export const randomStart = pullToZero("broken", ({ build }) => {
  const initial = tf.tensor1d([Math.random(), 2]);
  build.variable("center", initial);
  initial.dispose();
  return {};
});

export const randomInput = pullToZero("broken", ({ build, network }) => {
  const noise = build.input({ name: "noise", shape: [], valueAt: () => Float32Array.of(Math.random()) });
  return {
    step: ({ views, input }) => ({
      terms: { size: { loss: tf.mul(tf.mean(tf.square(network.embed(views["image"]!))), input(noise)) } },
    }),
  };
});

export const randomViews = definePlugin<object>({
  ...pullToZero("broken"),
  views: () => ({ image: { recipe: [...recipe, { op: "grayscale", p: Math.random() }] } }),
});
