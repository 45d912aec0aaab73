import { promisify } from "node:util";

import { memoryAt, type Pointer } from "../foreign-functions.ts";
import { operationMissing, programDisposed, tensorflowFailed } from "../messages/computing.ts";
import { exchangeFailed } from "../messages/processes.ts";
import { serverTarget } from "../processes/server.ts";
import { bufferContent, type CLibrary } from "./c-library.ts";
import { bytesOf, DATA_TYPE, dataTypeOf, type HostTensor, valuesOf } from "./data-types.ts";
import { endOf } from "./edge.ts";
import { encodeGraph, encodeSessionConfig, type NodeMessage, type SessionConfig } from "./graph-messages.ts";

/** A call with its feeds, fetches and targets, which are looked up once. */
export interface PreparedCall {
  /** Copies inputs, in the order of the feeds, into TensorFlow's memory; the caller frees the result. */
  load(inputs: readonly HostTensor[]): readonly Pointer[];
  free(loaded: readonly Pointer[]): void;
  /** Runs on another thread. */
  run(loaded: readonly Pointer[]): Promise<HostTensor[]>;
  /** Runs with encoded RunOptions, and returns the encoded RunMetadata that TensorFlow recorded. */
  runTraced(loaded: readonly Pointer[], options: Uint8Array): Promise<Uint8Array>;
  /** Loads, runs and frees, on this thread. */
  runSync(inputs: readonly HostTensor[]): HostTensor[];
}

/**
 * A graph that can be extended, and the session that runs it. The session's variables live until it is
 * closed.
 */
export interface Session {
  add(nodes: readonly NodeMessage[]): void;
  /** Adds a function with the nodes `body`; an op can call it by its name. */
  addFunction(
    name: string,
    body: readonly NodeMessage[],
    inputs: readonly string[],
    outputs: readonly string[],
  ): void;
  prepare(feeds: readonly string[], fetches: readonly string[], targets: readonly string[]): PreparedCall;
  close(): void;
}

/** @throws {EngineError} PROCESSES_FAILED where this process cannot be reached by those of its group. */
export function openSession(library: CLibrary, config: SessionConfig): Session {
  const status = library.newStatus();
  const check = (): void => checkStatus(library, status);
  const graph = library.newGraph();
  const options = library.newSessionOptions();
  const encoded = encodeSessionConfig(config);
  library.setConfig(options, encoded, encoded.length, status);
  const { group } = config;
  if (group !== undefined) library.setTarget(options, serverTarget(library, { ...config, group }));
  const session = library.newSession(graph, options, status);
  library.deleteSessionOptions(options);
  check();

  let open = true;
  const requireOpen = (): void => {
    if (!open) throw programDisposed();
  };

  const addTo = (target: Pointer, nodes: readonly NodeMessage[]): void => {
    requireOpen();
    const bytes = encodeGraph(nodes);
    const buffer = library.newBuffer(bytes, bytes.length);
    const importOptions = library.newImportOptions();
    library.importGraph(target, buffer, importOptions, status);
    library.deleteImportOptions(importOptions);
    library.deleteBuffer(buffer);
    check();
  };

  return {
    add: (nodes) => addTo(graph, nodes),
    addFunction(name, body, inputs, outputs) {
      const own = library.newGraph();
      try {
        addTo(own, body);
        const ends = [inputs, outputs].map((edges) => endPoints(library, own, edges)) as [
          BigUint64Array,
          BigUint64Array,
        ];
        const made = library.graphToFunction(
          own, name, 0, -1, null, inputs.length, ends[0], outputs.length, ends[1], null, null, null, status,
        ); // prettier-ignore
        check();
        library.copyFunction(graph, made, null, status);
        library.deleteFunction(made);
        check();
      } finally {
        library.deleteGraph(own);
      }
    },
    prepare(feeds, fetches, targets) {
      requireOpen();
      return prepareCall(library, session, requireOpen, {
        feeds: endPoints(library, graph, feeds),
        fetches: endPoints(library, graph, fetches),
        targets: BigUint64Array.from(targets, (name) => operation(library, graph, name)),
      });
    },
    close() {
      if (!open) return;
      open = false;
      library.closeSession(session, status);
      library.deleteSession(session, status);
      library.deleteGraph(graph);
      library.deleteStatus(status);
    },
  };
}

interface CallEnds {
  readonly feeds: BigUint64Array;
  readonly fetches: BigUint64Array;
  readonly targets: BigUint64Array;
}

function prepareCall(
  library: CLibrary,
  session: Pointer,
  requireOpen: () => void,
  { feeds, fetches, targets }: CallEnds,
): PreparedCall {
  const runLater = promisify(library.run.async) as unknown as (...args: unknown[]) => Promise<void>;

  /**
   * Arguments and results of one run. Each run has its own, because the next one is prepared while it runs.
   */
  const begin = (
    loaded: readonly Pointer[],
    options: Pointer | null = null,
    metadata: Pointer | null = null,
  ) => {
    requireOpen();
    const status = library.newStatus();
    const fed = BigUint64Array.from(loaded);
    const fetched = new BigUint64Array(fetches.length / 2);
    const args = [
      ...([session, options, feeds, fed, fed.length] as const),
      ...([fetches, fetched, fetched.length, targets, targets.length, metadata, status] as const),
    ] as const;
    const take = (): HostTensor[] => {
      try {
        checkStatus(library, status);
      } finally {
        library.deleteStatus(status);
      }
      return Array.from(fetched, (tensor) => {
        const result = fromNative(library, tensor);
        library.deleteTensor(tensor);
        return result;
      });
    };
    return { args, take };
  };

  const load = (inputs: readonly HostTensor[]) => inputs.map((input) => toNative(library, input));
  const free = (loaded: readonly Pointer[]) => {
    for (const tensor of loaded) library.deleteTensor(tensor);
  };
  return {
    load,
    free,
    async run(loaded) {
      const { args, take } = begin(loaded);
      await runLater(...args);
      return take();
    },
    async runTraced(loaded, options) {
      const given = library.newBuffer(options, options.length);
      const written = library.emptyBuffer();
      try {
        const { args, take } = begin(loaded, given, written);
        await runLater(...args);
        take();
        return bufferContent(written).slice();
      } finally {
        library.deleteBuffer(given);
        library.deleteBuffer(written);
      }
    },
    runSync(inputs) {
      const loaded = load(inputs);
      try {
        const { args, take } = begin(loaded);
        library.run(...args);
        return take();
      } finally {
        free(loaded);
      }
    },
  };
}

/** Edges such as "node:1" as pairs of operation and output for the C library. */
const endPoints = (library: CLibrary, graph: Pointer, edges: readonly string[]): BigUint64Array =>
  BigUint64Array.from(
    edges.flatMap((edge) => {
      const { node, output } = endOf(edge);
      return [operation(library, graph, node), BigInt(output)];
    }),
  );

function operation(library: CLibrary, graph: Pointer, name: string): Pointer {
  const found = library.operation(graph, name);
  if (found === null || !found) throw operationMissing(name);
  return found;
}

function toNative(library: CLibrary, { values, shape }: HostTensor): Pointer {
  const bytes = bytesOf(values);
  const dims = BigInt64Array.from(shape, BigInt);
  const tensor = library.newTensor(DATA_TYPE[dataTypeOf(values)], dims, shape.length, bytes.length);
  if (bytes.length > 0) memoryAt(library.tensorData(tensor), bytes.length).set(bytes);
  return tensor;
}

function fromNative(library: CLibrary, tensor: Pointer): HostTensor {
  const shape = Array.from({ length: library.tensorRank(tensor) }, (_, i) =>
    Number(library.tensorDim(tensor, i)),
  );
  const length = Number(library.tensorBytes(tensor));
  const bytes = length === 0 ? new Uint8Array(0) : memoryAt(library.tensorData(tensor), length);
  return { shape, values: valuesOf(bytes, library.tensorType(tensor)) };
}

/** TensorFlow's code for what cannot be reached. */
const UNAVAILABLE = 14;

function checkStatus(library: CLibrary, status: Pointer): void {
  const code = library.statusCode(status);
  if (code === 0) return;
  const message = library.statusMessage(status);
  // After the first exchange that fails, TensorFlow gives up all others, by other codes.
  const isExchange = code === UNAVAILABLE || message.includes("Collective ops is aborted");
  throw isExchange ? exchangeFailed(message.split("\n")[0]!) : tensorflowFailed(message);
}
