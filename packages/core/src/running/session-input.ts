import type { EngineInfo } from "@tssl/engine";

import { programOptions } from "../config/engine-options.ts";
import type { RunData } from "../evaluation/open-data.ts";
import { CHECKPOINT_WAITS } from "../messages/notices.ts";
import type { Followers } from "../processes/gather.ts";
import { environmentOf } from "../run/environment-of.ts";
import { describeEnvironmentChange, progressAt, type ResumePoint } from "../run/resume.ts";
import type { RunFolder } from "../run/run-folder.ts";
import { newProgress, type RunHistory } from "../run/run-history.ts";
import { codeDigests, imageDigests } from "../run/run-identity.ts";
import {
  findRunRecord,
  runRecord,
  type SourcedValue,
  sourcedValues,
  WEIGHTS_MARK,
  writeRunRecord,
} from "../run/run-record.ts";
import { withoutSecretsIn } from "../text/without-secrets.ts";
import type { PreparedRun } from "../training/prepare-run.ts";
import { unlessDiskFull } from "./open-folder.ts";
import type { StartedIdentity } from "./started-identity.ts";
import type { Tell } from "./tell.ts";
import type { TrainingOptions } from "./training-options.ts";

/** What was opened before. */
export interface SessionParts {
  readonly data: RunData;
  readonly identity: StartedIdentity;
  readonly point: ResumePoint;
  readonly engine: EngineInfo;
  readonly run: PreparedRun;
  readonly folder: RunFolder;
  readonly tell: Tell;
  readonly followers: Followers | undefined;
}

/** What `train` takes, and what run.json says of the run at any time. */
export async function sessionInput(
  { config, out, resume, signal, command, sources }: TrainingOptions,
  { data, identity, point: { checkpoint, changes }, engine, run, folder, tell, followers }: SessionParts,
) {
  const program = programOptions(config.settings.engine, engine);
  const environment = environmentOf(engine, program, run.facts.replicas);
  if (checkpoint !== undefined) {
    const change = describeEnvironmentChange(checkpoint.facts.environment, environment);
    if (change !== undefined) tell(change);
  }
  const earlier = resume === undefined ? undefined : await findRunRecord(out);
  const weights = run.loaded?.sha256 ?? earlier?.environment[WEIGHTS_MARK]?.toString();
  const values: readonly SourcedValue[] | undefined = sourcedValues(config, sources, earlier);
  const recordOf = (history: RunHistory) =>
    runRecord(
      { config, data, facts: run.facts, engine, environment, options: values, ...(weights && { weights }) },
      history,
    );
  const input = {
    config,
    run,
    progress:
      checkpoint === undefined
        ? newProgress(new Date(), withoutSecretsIn(command))
        : progressAt(checkpoint.facts, changes),
    train: data.train,
    ...(data.knnData === undefined ? {} : { knnData: data.knnData }),
    folder,
    saveRecord: (history: RunHistory) =>
      writeRunRecord(folder.path, recordOf(history)).catch(unlessDiskFull(() => undefined)),
    checkpointFacts: async () => {
      if (identity.known().images === undefined) tell(CHECKPOINT_WAITS);
      const images = imageDigests(await identity.images);
      const { config, versions } = identity;
      return { config, images, versions, code: codeDigests(identity.code), environment };
    },
    engine,
    ...program,
    ...(followers === undefined ? {} : { followers }),
    signal: AbortSignal.any([signal, followers?.stop].filter((each) => each !== undefined)),
  };
  return { input, recordOf };
}
