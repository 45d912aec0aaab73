import CRC32C from "crc-32/crc32c.js";
import protobuf from "protobufjs";

/**
 * What TensorBoard reads of a run: the version at the start of a file, scalars of a step, or a restart from a
 * step.
 */
export type TensorBoardEvent = { readonly wallTime: number } & (
  | { readonly fileVersion: string }
  | { readonly step: number; readonly scalars: Readonly<Record<string, number>> }
  | { readonly step: number; readonly restart: true }
);

/** The fields in use of tensorboard/compat/proto/{event,summary}.proto. */
const DEFINITIONS = `
syntax = "proto3";
message SessionLog { int32 status = 1; }
message Value { string tag = 1; float simple_value = 2; }
message Summary { repeated Value value = 1; }
message Event {
  double wall_time = 1;
  int64 step = 2;
  string file_version = 3;
  Summary summary = 5;
  SessionLog session_log = 7;
}
`;
const eventType = protobuf.parse(DEFINITIONS).root.lookupType("Event");

/** `SessionLog.SessionStatus.START`. */
const SESSION_START = 1;

/**
 * One record of an event file: its length in 8 bytes, their checksum, an `Event` as protobuf, and its
 * checksum; all little-endian.
 *
 * @param event `wallTime` in seconds since 1970; scalars are float32, as TensorBoard keeps them.
 */
export function encodeRecord(event: TensorBoardEvent): Uint8Array {
  const data = eventType.encode(eventType.create(messageOf(event))).finish();
  const record = Buffer.alloc(16 + data.length);
  record.writeBigUInt64LE(BigInt(data.length));
  record.writeUInt32LE(maskedChecksum(record.subarray(0, 8)), 8);
  record.set(data, 12);
  record.writeUInt32LE(maskedChecksum(data), 12 + data.length);
  return record;
}

/** The event by the names that protobufjs gives its fields. Zero is left out, as in every proto3 encoder. */
function messageOf(event: TensorBoardEvent) {
  const { wallTime } = event;
  if ("fileVersion" in event) return { wallTime, fileVersion: event.fileVersion };
  const at = event.step === 0 ? { wallTime } : { wallTime, step: event.step };
  if ("restart" in event) return { ...at, sessionLog: { status: SESSION_START } };
  const value = Object.entries(event.scalars).map(([tag, simpleValue]) => ({ tag, simpleValue }));
  return { ...at, summary: { value } };
}

/**
 * CRC-32C, rotated and shifted, so that checksums of data that holds checksums stay good (TensorFlow's
 * format).
 */
function maskedChecksum(bytes: Uint8Array): number {
  const crc = CRC32C.buf(bytes) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
