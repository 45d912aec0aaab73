import type { CLibrary } from "../compile/c-library.ts";
import { encodeServer, type ServerConfig } from "../compile/graph-messages.ts";
import { processesNotJoined } from "../messages/processes.ts";

let target: string | undefined;

/**
 * The server through which TensorFlow in this process reaches the other processes of its group, and they it.
 * It is started once and stays as long as the process lives: TensorFlow cannot take one down.
 *
 * @returns the target of the sessions that compute together with the others.
 * @throws {EngineError} PROCESSES_FAILED where its address cannot be listened at.
 */
export function serverTarget(library: CLibrary, config: ServerConfig): string {
  if (target !== undefined) return target;
  const { group } = config;
  const address = group.addresses[group.rank]!;
  const status = library.newStatus();
  try {
    const encoded = encodeServer(config);
    const server = library.newServer(encoded, encoded.length, status);
    if (library.statusCode(status) === 0) library.startServer(server, status);
    if (library.statusCode(status) !== 0) throw processesNotJoined(address, library.statusMessage(status));
    return (target = library.serverTarget(server));
  } finally {
    library.deleteStatus(status);
  }
}
