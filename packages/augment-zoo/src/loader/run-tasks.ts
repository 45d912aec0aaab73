import { LoaderError } from "../errors.ts";
import { imageFileName } from "../image-file.ts";
import { fatalImage, threadsFailed } from "../messages/threads.ts";
import type { TaskImage, ViewTask, ViewTaskResult } from "./task.ts";

/** Number of tries of one image; one that ended three threads would also end the next one. */
const ATTEMPTS = 3;

/** Images in a row at which threads fail; then the fault is not that of an image. */
const MOST_FATAL = 4;

/** Runs tasks in threads that may end. */
export interface TaskRunner {
  /**
   * Runs a task. If its thread ends or fails, its images are tried one by one, so that the file whose fault
   * it is counts as corrupt, and no other.
   *
   * @returns the results of the task, or of its images.
   * @throws {LoaderError} if a server cannot be read, or threads fail at one image after another.
   */
  run(task: ViewTask): Promise<readonly ViewTaskResult[]>;
}

/**
 * @param submit gives a task to a thread.
 * @param onFailure is called after each failure of a thread; throws if there are none left.
 */
export function createTaskRunner(
  submit: (task: ViewTask) => Promise<ViewTaskResult>,
  onFailure: (error: Error) => void,
): TaskRunner {
  let fatal: readonly string[] = []; // since a thread last did its work
  let gaveUp: LoaderError | undefined;

  async function attempt(task: ViewTask): Promise<ViewTaskResult | Error> {
    let result: ViewTaskResult;
    try {
      result = await submit(task);
    } catch (error) {
      onFailure(error as Error);
      return error as Error;
    }
    [fatal, gaveUp] = [[], undefined];
    if (result.fault !== undefined) throw new LoaderError(result.fault.message, { data: result.fault.data });
    return result;
  }

  async function runAlone(task: ViewTask, image: TaskImage): Promise<ViewTaskResult> {
    if (gaveUp !== undefined) throw gaveUp;
    let failure = new Error();
    for (let i = 0; i < ATTEMPTS; i++) {
      const result = await attempt({ ...task, images: [image] });
      if (!(result instanceof Error)) return result;
      failure = result;
    }
    const file = imageFileName(image.file);
    fatal = [...fatal, file];
    if (fatal.length === MOST_FATAL) throw (gaveUp = threadsFailed(fatal, failure));
    const { found, advice, kind } = fatalImage(file, failure.message, ATTEMPTS);
    return { ...NOTHING_DONE, corrupt: [{ image, found, advice, kind }] };
  }

  return {
    async run(task) {
      const together = await attempt(task);
      if (!(together instanceof Error)) return [together];
      const results: ViewTaskResult[] = [];
      for (const image of task.images) results.push(await runAlone(task, image));
      return results;
    },
  };
}

const NOTHING_DONE: ViewTaskResult = {
  decoded: 0,
  decodeMs: 0,
  augmentMs: 0,
  probe: { images: 0, exactMs: 0, fastMs: 0 },
  corrupt: [],
};
