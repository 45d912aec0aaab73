import type { Socket } from "node:net";

import type { WholeReads } from "./whole-reads.ts";

/** What a connection begins with: "tssl", the version of what follows, the number of who connects. */
const [MARK, PROTOCOL] = [0x7473736c, 1];
/** What a message begins with: its number, 0 for a sign of life, and its length in bytes. */
const HEAD = 12;

/** The head of a message. */
interface Head {
  readonly number: number;
  readonly length: number;
}

/** Says which process connects: the first bytes that it sends. */
export const sendHello = (socket: Socket, rank: number): void => void socket.write(helloOf(rank));

/** Whether a connection is that of a process; undefined as long as too little of it has arrived. */
export function readHello(socket: Socket, rank: number): boolean | undefined {
  const hello = socket.read(HEAD) as Buffer | null;
  return hello === null ? undefined : hello.equals(helloOf(rank));
}

/** Says that this process lives. */
export const sendSignOfLife = (socket: Socket): void => void socket.write(headOf({ number: 0, length: 0 }));

/** @param number of the message, from 1. @returns once the bytes may be changed. */
export function sendMessage(socket: Socket, number: number, bytes: Uint8Array): Promise<void> {
  socket.cork();
  socket.write(headOf({ number, length: bytes.length }));
  const sent = new Promise<void>((resolve, reject) => {
    socket.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
  socket.uncork();
  return sent;
}

/** The head of the next message that is more than a sign of life. */
export async function readHead(reads: WholeReads): Promise<Head> {
  const head = Buffer.alloc(HEAD);
  for (;;) {
    await reads.fill(head);
    const number = head.readUInt32LE();
    if (number !== 0) return { number, length: head.readDoubleLE(4) };
  }
}

function helloOf(rank: number): Buffer {
  const hello = Buffer.alloc(HEAD);
  [MARK, PROTOCOL, rank].forEach((word, i) => hello.writeUInt32LE(word, i * 4));
  return hello;
}

function headOf({ number, length }: Head): Buffer {
  const head = Buffer.alloc(HEAD);
  head.writeUInt32LE(number);
  head.writeDoubleLE(length, 4);
  return head;
}
