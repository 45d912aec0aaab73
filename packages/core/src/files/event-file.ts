import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import CRC32C from "crc-32/crc32c.js";

/** What TensorBoard reads of a run: a scalar, the version that a file begins with, or the mark that a run goes on from a step. */
export type TensorBoardEvent = { readonly wallTime: number } & (
  | { readonly fileVersion: string }
  | { readonly step: number; readonly scalars: Readonly<Record<string, number>> }
  | { readonly step: number; readonly restart: true }
);

/** Fields of `tensorboard.Event`, `Summary.Value` and `SessionLog` (tensorboard/compat/proto/event.proto, summary.proto). */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 };
const SUMMARY_VALUE = 1;
const VALUE = { tag: 1, simpleValue: 2 };
const SESSION_STATUS = 1;
const SESSION_START = 1;

/**
 * One record of an event file: its length in 8 bytes, their checksum, an `Event` as protobuf, and its checksum; all little-endian.
 *
 * @param event `wallTime` in seconds since 1970; scalars are float32, as TensorBoard keeps them.
 */
export function encodeRecord(event: TensorBoardEvent): Uint8Array {
  const data = encodeEvent(event);
  const record = Buffer.alloc(16 + data.length);
  record.writeBigUInt64LE(BigInt(data.length));
  record.writeUInt32LE(maskedChecksum(record.subarray(0, 8)), 8);
  record.set(data, 12);
  record.writeUInt32LE(maskedChecksum(data), 12 + data.length);
  return record;
}

function encodeEvent(event: TensorBoardEvent): Uint8Array {
  const writer = new BinaryWriter().tag(EVENT.wallTime, WireType.Bit64).double(event.wallTime);
  if ("fileVersion" in event) {
    writer.tag(EVENT.fileVersion, WireType.LengthDelimited).string(event.fileVersion);
  } else if ("restart" in event) {
    writeStep(writer, event.step).tag(EVENT.sessionLog, WireType.LengthDelimited).fork();
    writer.tag(SESSION_STATUS, WireType.Varint).int32(SESSION_START).join();
  } else {
    writeStep(writer, event.step).tag(EVENT.summary, WireType.LengthDelimited).fork();
    for (const [tag, value] of Object.entries(event.scalars)) {
      writer.tag(SUMMARY_VALUE, WireType.LengthDelimited).fork();
      writer.tag(VALUE.tag, WireType.LengthDelimited).string(tag);
      writer.tag(VALUE.simpleValue, WireType.Bit32).float(value).join();
    }
    writer.join();
  }
  return writer.finish();
}

/** Protobuf leaves zero out. */
const writeStep = (writer: BinaryWriter, step: number): BinaryWriter =>
  step === 0 ? writer : writer.tag(EVENT.step, WireType.Varint).int64(step);

/** CRC-32C, rotated and shifted, so that checksums of data that holds checksums stay good (TensorFlow's record format). */
function maskedChecksum(bytes: Uint8Array): number {
  const crc = CRC32C.buf(bytes) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
