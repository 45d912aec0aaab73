import { foundLauncher, launcherWithoutAddress, processesTwice } from "../messages/processes.ts";

/** Where processes that train together meet, and how many they are. */
export interface Meeting {
  readonly count: number;
  readonly host: string;
  readonly port: number;
}

/** What a process of `tssl train` does among others. */
export type Role =
  | { readonly kind: "alone" }
  | ({ readonly kind: "lead"; readonly notice?: string } & Meeting)
  /** @param place its number among the processes of its machine. */
  | ({ readonly kind: "follow"; readonly place: number } & Meeting);

/** What a launcher of ours tells its processes, as JSON. */
export const ROLE_VARIABLE = "TSSL_PROCESS";

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The role that whoever started this process gave it: `tssl train --processes`, torchrun (RANK, WORLD_SIZE,
 * MASTER_ADDR, MASTER_PORT), srun (SLURM_PROCID, SLURM_STEP_NUM_TASKS, …) or mpirun (OMPI_COMM_WORLD_RANK,
 * …), in this order.
 *
 * @param rendezvous of the command line; it comes before what a launcher says.
 * @param isCounted whether the command line says how many processes there are, too.
 * @throws {UsageError} where it does, and where nothing says where to meet.
 */
export function givenRole(
  variables: Variables,
  { rendezvous, isCounted }: { readonly rendezvous?: Omit<Meeting, "count">; readonly isCounted: boolean },
): Role {
  const own = variables[ROLE_VARIABLE];
  if (own !== undefined) return JSON.parse(own) as Role;
  const started = LAUNCHERS.find(({ count }) => Number(variables[count] ?? 1) > 1);
  if (started === undefined) return { kind: "alone" };
  if (isCounted) throw processesTwice(started.by);
  const { by, rank, place, meet } = started;
  const at = rendezvous ?? meet(variables);
  if (at === undefined) throw launcherWithoutAddress(by);
  const meeting = { count: Number(variables[started.count]), ...at };
  return Number(variables[rank]) === 0
    ? { kind: "lead", ...meeting, notice: foundLauncher(meeting.count, by) }
    : { kind: "follow", ...meeting, place: Number(variables[place] ?? 0) };
}

interface Launcher {
  readonly by: string;
  /** Names of the variables with the number of processes, this one's, and this one's on its machine. */
  readonly count: string;
  readonly rank: string;
  readonly place: string;
  /** Where the first process can be reached, as far as the launcher says so. */
  readonly meet: (variables: Variables) => Omit<Meeting, "count"> | undefined;
}

/** Ports of jobs of SLURM: one for each of many jobs that follow each other. */
const [FIRST_PORT, PORTS] = [20_000, 10_000];

const LAUNCHERS: readonly Launcher[] = [
  {
    by: "torchrun",
    count: "WORLD_SIZE",
    rank: "RANK",
    place: "LOCAL_RANK",
    // torchrun itself listens at its port.
    meet: ({ MASTER_ADDR, MASTER_PORT }) =>
      MASTER_ADDR === undefined || MASTER_PORT === undefined
        ? undefined
        : { host: MASTER_ADDR, port: Number(MASTER_PORT) + 1 },
  },
  {
    by: "srun",
    count: "SLURM_STEP_NUM_TASKS", // not of a batch script itself, which is one process
    rank: "SLURM_PROCID",
    place: "SLURM_LOCALID",
    meet: ({ SLURM_STEP_NODELIST, SLURM_JOB_ID }) =>
      SLURM_STEP_NODELIST === undefined
        ? undefined
        : {
            host: firstHost(SLURM_STEP_NODELIST),
            port: FIRST_PORT + (Number(SLURM_JOB_ID ?? 0) % PORTS),
          },
  },
  {
    by: "mpirun",
    count: "OMPI_COMM_WORLD_SIZE",
    rank: "OMPI_COMM_WORLD_RANK",
    place: "OMPI_COMM_WORLD_LOCAL_RANK",
    meet: () => undefined,
  },
];

/**
 * The first host of a list as SLURM writes it.
 *
 * @example
 * ```ts
 * firstHost("node[08-10,12],login"); // => "node08"
 * ```
 */
export function firstHost(list: string): string {
  const [, name = list, inside] = /^([^[,]+)(?:\[([^\]]*)\])?/.exec(list) ?? [];
  const [, first = ""] = /^(\w+)/.exec(inside ?? "") ?? [];
  return name + first;
}
