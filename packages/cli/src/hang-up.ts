import path from "node:path";

/**
 * Whether the program was started by `nohup`, to go on when its terminal closes. Node undoes what nohup does, ignoring SIGHUP, before any of
 * our code runs; bash and zsh name the command that they started here.
 */
export const startedByNohup = (): boolean => path.basename(process.env["_"] ?? "") === "nohup";
