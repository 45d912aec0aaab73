import { attribute, rawOp, withoutGradient } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { l2Normalize } from "../../losses/l2-normalize.ts";
import { linearHead } from "../../networks/projection-head.ts";
import { constant } from "../../optimizers/schedules.ts";
import { type EmbeddingSpace, embeddingSpace, type WeakQuery } from "../../plugins/embedding-space.ts";
import { definePlugin, type Plugin, type StepContext } from "../../plugins/plugin.ts";
import { definePublication, published } from "../../plugins/publication.ts";
import { pullToZero } from "../pull-to-zero.ts";

const noOptions = { type: "object", additionalProperties: false, required: [], properties: {} } as const;
const recipe = [{ op: "centerCrop", size: 8 }] as const;

/** Queries against the keys of a momentum encoder and of the step before: all that a method has, as it should be. */
export const method = (
  name: string,
  {
    space = (whole) => whole,
    keysWithGradient = false,
    pushInStep = false,
  }: {
    readonly space?: (whole: EmbeddingSpace) => EmbeddingSpace;
    readonly keysWithGradient?: boolean;
    readonly pushInStep?: boolean;
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
        step({ views, keep }) {
          const embedding = embedQuery(views["query"]!);
          const keys = keep(l2Normalize(target.embed(views["key"]!)));
          if (pushInStep) queue.push(keys);
          const candidates = tf.concat2d([keys, queue.rows()], 0);
          const positives = tf.range(0, keys.shape[0], 1, "int32");
          const contrast = (rows: tf.Tensor2D) => {
            const likeness = tf.logSoftmax(tf.matMul(rows, candidates, false, true));
            const own = tf.oneHot(positives, candidates.shape[0]);
            return tf.neg<tf.Scalar>(tf.mean<tf.Scalar>(tf.sum(tf.mul(likeness, own), 1)));
          };
          const whole = { queries: { query: { embedding, positives, contrast } }, embedQuery, candidates };
          return {
            terms: { contrast: { loss: contrast(embedding) } },
            publish: [published(embeddingSpace, space(whole))],
            after() {
              target.update();
              if (!pushInStep) queue.push(keys);
            },
          };
        },
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

const word = definePublication<string>("word");

export const silent = { ...pullToZero("broken"), publishes: [word] };

export const secretive = pullToZero("broken", () => ({
  step: () => ({ publish: [published(word, "hello")] }),
}));

/** Says that it publishes a word too, so that a plugin can require that and nothing else. */
export const talkative = { ...method("method"), publishes: [embeddingSpace, word] };

export const eavesdropper = { ...term("broken"), requires: [word] };

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
const withQuery = (change: (query: WeakQuery, space: EmbeddingSpace) => Partial<WeakQuery>) =>
  method("broken", {
    space: (whole) => {
      const query = whole.queries["query"]!;
      return { ...whole, queries: { query: { ...query, ...change(query, whole) } } };
    },
  });

export const positiveOutside = withQuery(({ positives }) => ({
  positives: tf.add(positives, tf.scalar(20, "int32")),
}));

export const positiveLeftOut = withQuery(({ positives }) => ({ own: positives }));

export const deadContrast = withQuery(({ contrast }) => ({
  contrast: (rows) => withoutGradient(() => contrast(rows)),
}));

export const contrastWithOwnQuery = withQuery(({ contrast, embedding }) => ({
  contrast: (rows) => tf.add<tf.Scalar>(contrast(rows), tf.mean(tf.mul(embedding, rows))),
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
    step: ({ views }) => ({
      terms: { size: { loss: tf.mul(tf.mean(tf.square(network.embed(views["image"]!))), noise()) } },
    }),
  };
});

export const randomViews = definePlugin<object>({
  ...pullToZero("broken"),
  views: () => ({ image: { recipe: [...recipe, { op: "grayscale", p: Math.random() }] } }),
});
