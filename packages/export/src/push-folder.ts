import { openAsBlob } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";

import { type AnswerLimits, boundedFetch } from "./bounded-fetch.ts";
import { notPushed } from "./messages.ts";

export interface PushOptions {
  /** "user/name". */
  readonly repository: string;
  /** Never printed. */
  readonly token: string;
  /** Of a repository that is made now; one that is there stays as it is. Default: what its owner has set. */
  readonly isPrivate?: boolean;
  /** Address of another hub than Hugging Face's. */
  readonly hub?: string;
  /** The title of the commit. */
  readonly title: string;
  /** Of each answer of the hub. Default: 4 MiB in a minute. */
  readonly limits?: AnswerLimits;
}

const ANSWERS: AnswerLimits = { bytes: 2 ** 22, time: 60_000 };

/**
 * Uploads the files of a folder to a model repository of the Hugging Face hub, in one commit: all of them are
 * there then, or none. The repository is made where there is none.
 *
 * @returns the address of the commit.
 * @throws {TsslError} PUSH where the hub cannot be reached, refuses token, repository or files, or answers
 * without an end. No message holds the token.
 */
export async function pushFolder(
  folder: string,
  { repository, token, isPrivate, hub, title, limits = ANSWERS }: PushOptions,
): Promise<string> {
  const { commit, createRepo, HubApiError } = await import("@huggingface/hub");
  const there = {
    repo: { type: "model", name: repository } as const,
    accessToken: token,
    fetch: boundedFetch(limits),
    ...(hub === undefined ? {} : { hubUrl: hub.replace(/\/$/, "") }),
  };
  try {
    await createRepo({ ...there, ...(isPrivate === true ? { visibility: "private" } : {}) }).catch(
      (error: unknown) => {
        if (!(error instanceof HubApiError && error.statusCode === ALREADY_THERE)) throw error;
      },
    );
    const operations = (await filesIn(folder)).map(async (file) => ({
      operation: "addOrUpdate" as const,
      path: file.split(path.sep).join("/"),
      content: await openAsBlob(path.join(folder, file)),
    }));
    const done = await commit({ ...there, title, operations: await Promise.all(operations) });
    return done!.commit.url;
  } catch (error) {
    const status = error instanceof HubApiError ? error.statusCode : undefined;
    throw notPushed(folder, repository, { status, hub: hub ?? HUB, token, cause: error });
  }
}

const HUB = "https://huggingface.co";

/** The status of a hub's answer where a repository has the name already. */
const ALREADY_THERE = 409;

/** Paths of files in a folder and the folders in it. */
async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}
