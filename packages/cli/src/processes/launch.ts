import { existsSync } from "node:fs";

import { freeAddress } from "@tssl/engine";
import { configFileOf } from "@tssl/core/run";

import { type ChildOutcome, startCommand } from "../child-command.ts";
import { leadsHere, openPorts, startingAgain } from "../messages/processes.ts";
import { onStopSignals } from "../stop-signals.ts";
import { tell } from "../terminal.ts";
import { coreShares } from "./cores.ts";
import { type Role, ROLE_VARIABLE } from "./role.ts";

/** The exit code of a process that lost another one, or the one that leads. */
export const LOST = 75;

/** Seconds that the others have to end by themselves once one has failed: to save the run, at most. */
const ENDS_WITHIN = 120;

/** Processes of one machine that train together, perhaps with those of other machines. */
export interface Launch {
  /** Processes of this machine, and of all machines. */
  readonly here: number;
  readonly count: number;
  /** Whether the process that leads is on this machine. */
  readonly leads: boolean;
  /** Where it is reached; absent where all are on this machine. */
  readonly rendezvous?: { readonly host: string; readonly port: number };
  /** How often all are started again after one was lost. */
  readonly restarts: number;
  /** The arguments of a process, and of the one that leads when the run in `out` goes on. */
  readonly args: readonly string[];
  readonly resumeArgs: readonly string[];
  /** The run folder. */
  readonly out: string;
}

/**
 * Starts the processes, and starts all of them again from the newest checkpoint where one is lost. They are
 * ended with this program.
 *
 * @returns the exit code of the process that leads, or of the first that failed.
 */
export async function launch(plan: Launch): Promise<number> {
  const cores = coreShares(plan.here);
  for (let restart = 1; ; restart++) {
    const { end, stopped } = await runOnce(plan, cores);
    const isLost = end.code === LOST || end.signal !== null;
    if (!isLost || stopped || restart > plan.restarts) return end.code ?? 1;
    tell(startingAgain(end.what, howEnded(end), restart, plan.restarts));
  }
}

interface End extends ChildOutcome {
  /** Which process: "The process that leads". */
  readonly what: string;
}

const howEnded = ({ code, signal }: End): string => (signal === null ? `code ${code}` : `signal ${signal}`);

/** Runs all processes to their end. */
async function runOnce(
  { here, count, leads, rendezvous, args, resumeArgs, out }: Launch,
  cores: readonly string[] | undefined,
): Promise<{ readonly end: End; readonly stopped: boolean }> {
  const meeting = { count, ...(rendezvous ?? (await ownMeeting())) };
  if (leads) tell(leadsHere(count, `${meeting.host}:${meeting.port}`));
  if (leads) tell(openPorts());
  const children = Array.from({ length: here }, (_, place) => {
    const isLeader = leads && place === 0;
    const role: Role = isLeader ? { kind: "lead", ...meeting } : { kind: "follow", ...meeting, place };
    const goesOn = isLeader && existsSync(configFileOf(out));
    const what = isLeader ? "The process that leads" : `Process ${place} of this machine`;
    const child = startCommand(["train", ...(goesOn ? resumeArgs : args)], {
      isShown: isLeader,
      cores: cores?.[place],
      variables: { [ROLE_VARIABLE]: JSON.stringify(role) },
    });
    return { ...child, ended: child.ended.then((outcome): End => ({ what, ...outcome })) };
  });
  let stopped = false;
  const ignoreSignals = onStopSignals((signal) => {
    stopped = true;
    // The process that leads ends after its step, and with it the others; each other one tells it to.
    for (const { kill } of leads ? children.slice(0, 1) : children) kill(signal);
  });
  try {
    const first = await Promise.race(children.map(({ ended }) => ended));
    const killAll = () => children.forEach(({ kill }) => kill("SIGKILL"));
    const patience = first.code === 0 ? undefined : setTimeout(killAll, ENDS_WITHIN * 1000);
    const ends = await Promise.all(children.map(({ ended }) => ended));
    clearTimeout(patience);
    return { end: decisive(leads ? ends[0]! : first, first, ends), stopped };
  } finally {
    ignoreSignals();
  }
}

/**
 * The end that says what to do next: that of the process that leads, or here the first one. Where that only
 * lost another process, the other's.
 */
function decisive(leader: End, first: End, ends: readonly End[]): End {
  if (leader.code !== LOST) return leader;
  return (
    [first, ...ends].find(({ code, signal }) => signal !== null || (code !== LOST && code !== 0)) ?? leader
  );
}

async function ownMeeting(): Promise<{ readonly host: string; readonly port: number }> {
  const host = "127.0.0.1";
  const address = await freeAddress(host);
  return { host, port: Number(address.slice(address.lastIndexOf(":") + 1)) };
}
