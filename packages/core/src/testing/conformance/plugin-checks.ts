import { embeddingSpace } from "../../plugins/embedding-space.ts";
import { embeddings } from "../../plugins/embeddings.ts";
import type { AnyPlugin } from "../../plugins/plugin.ts";
import type { Publication } from "../../plugins/publication.ts";
import { testedAlone, testName } from "../messages/check-names.ts";
import { type Check, requireNone } from "./check.ts";
import { determinism } from "./determinism.ts";
import { publishedSpace } from "./embedding-space.ts";
import { publishedEmbeddings } from "./embeddings.ts";
import { gradientReach, lossGradient, stoppedGradients } from "./gradients.ts";
import { hostWork } from "./host-work.ts";
import { labels } from "./labels.ts";
import { momentumEncoders } from "./momentum-encoders.ts";
import { optionDefaults, optionRefusals } from "./options.ts";
import { phases } from "./phases.ts";
import { publications } from "./publications.ts";
import { modesAgree, recording } from "./recording.ts";
import { replicas } from "./replicas.ts";
import { representation } from "./representation.ts";
import { resume } from "./resume.ts";
import { runningStatistics } from "./running-statistics.ts";
import { stateThroughBuild, stateWrites, tensorLeaks } from "./state.ts";
import { stepSizes } from "./step-sizes.ts";
import { createRun, type Subject, type UsedEncoder, type UsedPlugin } from "./subject.ts";
import { views } from "./views.ts";

/** How a plugin is to be tried, and what of it is meant to be so. */
export interface PluginTestOptions {
  /**
   * The plugin's options, as a config has them; defaults for the rest. Small sizes: steps have 3 .. 14 images
   * of 16 x 16.
   */
  readonly options?: Readonly<Record<string, unknown>>;
  /**
   * For a plugin that requires what others publish: these, one at a time, as plugins or as
   * `{ use: plugin, …options }`. A method stands on its own.
   */
  readonly on?: readonly (AnyPlugin | UsedPlugin)[];
  /**
   * Views through which none of the plugin's terms may send a gradient: those of momentum encoders and
   * detached teachers.
   */
  readonly stopGradients?: readonly string[];
  /**
   * What gets no gradient by design: trained parameters ("probe.head.weight"), and terms that do not teach
   * the encoder ("probe/loss").
   */
  readonly withoutGradient?: readonly string[];
  /** Images per step, tried besides 4; the first is also accumulated in two parts. Default 3, 5, 7. */
  readonly batchSizes?: readonly number[];
  /**
   * Epochs of 8 steps in the run: enough that it reaches every phase of the plugin. Default 3.
   */
  readonly epochs?: number;
  /**
   * Learning rate of the steps that are compared between modes. Default 0.001; less for a method so steep
   * that rounding makes other steps of it.
   */
  readonly learningRate?: number;
  /** What networks are made of, as a config has it. Default: two convolutions with batch norm. */
  readonly encoder?: UsedEncoder;
}

/** One test: its name, and what throws where the plugin fails it. */
export interface PluginCheck {
  readonly name: string;
  run(): Promise<void>;
}

const doesPublish = ({ publishes = [] }: AnyPlugin, { name }: Publication): boolean =>
  publishes.some((publication) => publication.name === name);

const aboutOptions: readonly Check[] = [optionDefaults, optionRefusals];
const aboutRuns = (plugin: AnyPlugin, { stopGradients = [] }: PluginTestOptions): readonly Check[] => [
  views,
  labels,
  publications,
  ...(doesPublish(plugin, embeddingSpace) ? [publishedSpace] : []),
  ...(doesPublish(plugin, embeddings) ? [publishedEmbeddings] : []),
  stateThroughBuild,
  tensorLeaks,
  stateWrites,
  runningStatistics,
  momentumEncoders,
  replicas,
  representation,
  phases,
  hostWork,
  gradientReach,
  ...(stopGradients.length > 0 ? [stoppedGradients] : []),
  lossGradient,
  stepSizes,
  recording,
  modesAgree,
  determinism,
  resume,
];

/**
 * Everything that the plugin contract asks for, as tests for any test runner; the engine must be started when
 * they run.
 *
 * @throws {TsslError} INVALID_PLUGIN if the plugin requires a publication and `on` names nobody who could
 * publish it.
 *
 * @example
 * ```ts
 * import { moco } from "@tssl/plugin-moco";
 *
 * const [first] = pluginChecks(moco, { options: { dim: 8, queueSize: 16 } });
 * first?.name; // => "has a default for every option"
 * await first?.run(); // throws where the plugin breaks the contract
 * ```
 */
export function pluginChecks(plugin: AnyPlugin, tested: PluginTestOptions = {}): readonly PluginCheck[] {
  const hosts = (tested.on ?? []).map((host): UsedPlugin => ("use" in host ? host : { use: host }));
  const requires = plugin.requires ?? [];
  if (requires.length > 0 && hosts.length === 0) {
    throw testedAlone(
      plugin.name,
      requires.map(({ name }) => name),
    );
  }
  const companies = hosts.length === 0 ? [[]] : hosts.map((host) => [host]);
  const subjects = companies.map((company) => subjectOf(plugin, company, tested));
  return [
    ...aboutOptions.map((check) => asTest(check, subjects[0]!)),
    ...subjects.flatMap((subject, i) => {
      const host = hosts[i]?.use.name;
      return aboutRuns(plugin, tested).map((check) => asTest(check, subject, host));
    }),
  ];
}

function subjectOf(
  plugin: AnyPlugin,
  company: readonly UsedPlugin[],
  {
    options = {},
    stopGradients = [],
    withoutGradient = [],
    batchSizes = [3, 5, 7],
    epochs = 3,
    learningRate = 0.001,
    encoder,
  }: PluginTestOptions,
): Subject {
  const used: UsedPlugin = { ...options, use: plugin };
  return {
    plugin,
    used,
    stopGradients,
    withoutGradient,
    batchSizes,
    learningRate,
    prepare: (size, observer) =>
      createRun([used, ...company], { epochs, ...(encoder && { encoder }) }, size, observer),
  };
}

const asTest = (check: Check, subject: Subject, host?: string): PluginCheck => ({
  name: testName(check.name, host),
  run: () => requireNone(() => check.find(subject), subject.plugin.name),
});
