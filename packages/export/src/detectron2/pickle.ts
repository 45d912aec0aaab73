/** What a pickle of detectron2 holds: texts, truth values, arrays of float32, and dictionaries of these. */
export type Pickled = string | boolean | PickledArray | { readonly [name: string]: Pickled };

export interface PickledArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Opcodes of pickle's protocol 3 (Python's pickletools.py). */
const OP = {
  PROTO: 0x80,
  EMPTY_DICT: 0x7d,
  MARK: 0x28,
  SETITEMS: 0x75,
  BINUNICODE: 0x58,
  BINBYTES: 0x42,
  BININT: 0x4a,
  NEWTRUE: 0x88,
  NEWFALSE: 0x89,
  GLOBAL: 0x63,
  TUPLE: 0x74,
  TUPLE1: 0x85,
  TUPLE2: 0x86,
  REDUCE: 0x52,
  STOP: 0x2e,
} as const;

const PROTOCOL = 3;

/**
 * Writes a pickle that Python 3 reads with every version of numpy: an array is made by public functions,
 * `numpy.array(numpy.reshape(numpy.frombuffer(…, "<f4"), shape))`, and so can be written to.
 */
export function encodePickle(value: Pickled): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(OP.PROTO, PROTOCOL)];
  const op = (...bytes: readonly number[]) => void parts.push(Uint8Array.from(bytes));
  const sized = (code: number, bytes: Uint8Array) =>
    parts.push(Uint8Array.of(code), uint32(bytes.length), bytes);
  const call = (name: string, argument: () => void, closing: number) => {
    parts.push(Buffer.from(`cnumpy\n${name}\n`));
    argument();
    op(closing, OP.REDUCE);
  };
  const write = (value: Pickled): void => {
    if (typeof value === "string") sized(OP.BINUNICODE, Buffer.from(value));
    else if (typeof value === "boolean") op(value ? OP.NEWTRUE : OP.NEWFALSE);
    else if (isArray(value)) writeArray(value);
    else {
      op(OP.EMPTY_DICT, OP.MARK);
      for (const [name, item] of Object.entries(value)) {
        write(name);
        write(item);
      }
      op(OP.SETITEMS);
    }
  };
  const writeArray = ({ shape, data }: PickledArray): void => {
    const buffer = () => {
      sized(OP.BINBYTES, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      write("<f4");
    };
    const reshaped = () => {
      call("frombuffer", buffer, OP.TUPLE2);
      op(OP.MARK);
      for (const side of shape) parts.push(Uint8Array.of(OP.BININT), uint32(side));
      op(OP.TUPLE);
    };
    call("array", () => call("reshape", reshaped, OP.TUPLE2), OP.TUPLE1);
  };
  write(value);
  op(OP.STOP);
  return Buffer.concat(parts);
}

const isArray = (value: object): value is PickledArray =>
  "data" in value && value.data instanceof Float32Array;

function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** What stands on the machine's stack while a pickle is read. */
type Item = Pickled | Uint8Array | number | readonly Item[] | { readonly call: string } | typeof MARKED;
const MARKED = Symbol("mark");

/**
 * Reads what `encodePickle` wrote, and nothing else: it knows three functions of numpy and calls no other.
 *
 * @throws {Error} where it is anything else.
 */
export function decodePickle(file: Uint8Array): Pickled {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const stack: Item[] = [];
  let at = 0;
  const sized = (): Buffer => {
    const length = bytes.readUInt32LE(at);
    at += 4 + length;
    if (at > bytes.length) throw new Error(`a value ends at byte ${at} of ${bytes.length}`);
    return bytes.subarray(at - length, at);
  };
  const line = (): string => {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) throw new Error(`it ends within a line, at byte ${bytes.length}`);
    const text = bytes.subarray(at, end).toString();
    at = end + 1;
    return text;
  };
  const sinceMark = (): Item[] => {
    const items = stack.splice(stack.lastIndexOf(MARKED) + 1);
    stack.pop();
    return items;
  };
  const steps: Readonly<Record<number, () => void>> = {
    [OP.PROTO]: () => void (at += 1),
    [OP.EMPTY_DICT]: () => void stack.push({}),
    [OP.MARK]: () => void stack.push(MARKED),
    [OP.SETITEMS]: () => {
      const items = sinceMark();
      const pairs = items.flatMap((name, i) =>
        i % 2 === 0 ? [[name as string, items[i + 1]] as const] : [],
      );
      stack.push({ ...(stack.pop() as object), ...Object.fromEntries(pairs) } as Pickled);
    },
    [OP.BINUNICODE]: () => void stack.push(sized().toString()),
    [OP.BINBYTES]: () => void stack.push(new Uint8Array(sized())),
    [OP.BININT]: () => {
      stack.push(bytes.readInt32LE(at));
      at += 4;
    },
    [OP.NEWTRUE]: () => void stack.push(true),
    [OP.NEWFALSE]: () => void stack.push(false),
    [OP.GLOBAL]: () => void stack.push({ call: `${line()}.${line()}` }),
    [OP.TUPLE]: () => void stack.push(sinceMark()),
    [OP.TUPLE1]: () => void stack.push(stack.splice(-1)),
    [OP.TUPLE2]: () => void stack.push(stack.splice(-2)),
    [OP.REDUCE]: () => {
      const [called, given] = stack.splice(-2) as [{ call: string }, readonly Item[]];
      stack.push(arrayBy(called.call, given));
    },
  };
  for (;;) {
    const code = bytes[at++];
    if (code === OP.STOP) return stack.pop() as Pickled;
    const step = code === undefined ? undefined : steps[code];
    if (step === undefined) throw new Error(`byte ${at - 1} is no opcode that is written here: ${code}`);
    step();
  }
}

function arrayBy(name: string, [first, second]: readonly Item[]): Item {
  switch (name) {
    case "numpy.frombuffer": {
      const data = new Float32Array((first as Uint8Array).slice().buffer);
      return { shape: [data.length], data };
    }
    case "numpy.reshape":
      return { shape: second as readonly number[], data: (first as PickledArray).data };
    case "numpy.array":
      return first!;
    default:
      throw new Error(`it calls ${name}`);
  }
}
