import { megabytes } from "../messages/amounts.ts";

export type Log = (line: string) => void;

/** Progress of a step of the set-up. */
export interface Progress {
  update(doneBytes: number): void;
  end(): void;
}

/** Shows progress: on a terminal in one line that is overwritten, elsewhere in a line for every quarter. */
export function startProgress(title: string, totalBytes: number, log: Log): Progress {
  const isTerminal = process.stdout.isTTY;
  let shownQuarter = 0;
  const share = (done: number): number => Math.min(1, totalBytes === 0 ? 1 : done / totalBytes);
  if (!isTerminal) log(`${title} (${megabytes(totalBytes)})`);
  return {
    update(done) {
      const percent = `${Math.floor(100 * share(done))}%`;
      if (isTerminal) {
        process.stdout.write(`\r\u001b[K${title}: ${percent} of ${megabytes(totalBytes)}`);
        return;
      }
      const quarter = Math.floor(4 * share(done));
      if (quarter > shownQuarter && quarter < 4) log(`  ${percent}`);
      shownQuarter = Math.max(shownQuarter, quarter);
    },
    end() {
      if (isTerminal) process.stdout.write(`\r\u001b[K${title}: done\n`);
    },
  };
}
