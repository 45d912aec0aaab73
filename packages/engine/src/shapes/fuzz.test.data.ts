import { DATA_TYPE, INT64 } from "../compile/data-types.ts";
import { type AttributeMessage, attributeText } from "../compile/graph-messages.ts";
import { RULES } from "./rules.ts";
import { type Shape, sizeOf } from "./shape.ts";

/** An input of a call: a tensor without a value, or numbers that say a shape or axes. */
export interface FuzzInput {
  readonly dtype: string;
  readonly shape: Shape;
  readonly numbers?: readonly number[];
}

export interface FuzzCall {
  readonly op: string;
  readonly inputs: readonly FuzzInput[];
  readonly attr: Readonly<Record<string, AttributeMessage>>;
}

/** Draws whole numbers; equal seeds draw equal ones. */
export interface Draw {
  (below: number): number;
}

export function drawFrom(seed: number): Draw {
  let state = seed * 2654435761 + 97;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x297a2d39) | 0;
    const mixed = Math.imul(state ^ (state >>> 12), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % below;
  };
}

/** Number for the type, as in attributes. */
export const typeNumber = (dtype: string): number =>
  dtype === "int64" ? INT64 : DATA_TYPE[dtype as keyof typeof DATA_TYPE];

const int = (i: number): AttributeMessage => ({ i });
const bool = (b: boolean): AttributeMessage => ({ b });
const ints = (i: readonly number[]): AttributeMessage => ({ list: { i } });
const text = (s: string): AttributeMessage => ({ s: Buffer.from(s) });

/** Arguments and attributes of a call; types are filled in. */
interface Parts {
  readonly inputs: readonly (Shape | { readonly numbers: readonly number[]; readonly shape?: Shape })[];
  readonly attr?: Readonly<Record<string, AttributeMessage>>;
}
type Make = (draw: Draw) => Parts;

const one = <T>(draw: Draw, ...of: readonly T[]): T => of[draw(of.length)]!;
const chance = (draw: Draw, oneIn: number) => draw(oneIn) === 0;
const length = (draw: Draw) => draw(6);
const shape = (draw: Draw, rank = draw(5)): Shape => Array.from({ length: rank }, () => length(draw));
const positive = (draw: Draw, rank = draw(5)): Shape => Array.from({ length: rank }, () => 1 + draw(5));
const axis = (draw: Draw, rank: number) => draw(2 * rank + 2) - rank - 1;
const properAxis = (draw: Draw, rank: number) =>
  chance(draw, 6) || rank === 0 ? axis(draw, rank) : draw(2 * rank) - rank;
const scalar = (number: number) => ({ numbers: [number], shape: [] });
const vector = (numbers: readonly number[]) => ({ numbers });

/** The same shape, or now and then one that differs in a length or in rank. */
function nearly(draw: Draw, of: Shape): Shape {
  if (!chance(draw, 4)) return of;
  if (of.length === 0 || chance(draw, 3)) return shape(draw);
  const place = draw(of.length);
  return of.map((each, i) => (i === place ? length(draw) : each));
}

/** A shape that broadcasts with another, most of the time. */
function broadcastable(draw: Draw, of: Shape): Shape {
  const cut = of.slice(draw(of.length + 1));
  return nearly(
    draw,
    cut.map((each) => (chance(draw, 3) ? 1 : each)),
  );
}

const alike =
  (count: number): Make =>
  (draw) => {
    const first = shape(draw);
    return { inputs: [first, ...Array.from({ length: count - 1 }, () => nearly(draw, first))] };
  };

const pair: Make = (draw) => {
  const first = broadcastable(draw, shape(draw));
  const both = [first, broadcastable(draw, first)];
  return { inputs: chance(draw, 2) ? both : both.reverse() };
};

const reduction: Make = (draw) => {
  const x = shape(draw);
  const axes = Array.from({ length: draw(3) }, () => properAxis(draw, x.length));
  const single = axes.length === 1 && chance(draw, 2);
  return {
    inputs: [x, single ? scalar(axes[0]!) : vector(axes)],
    attr: { keep_dims: bool(chance(draw, 2)) },
  };
};

const alongAxis: Make = (draw) => {
  const x = shape(draw);
  return { inputs: [x, scalar(properAxis(draw, x.length))] };
};

function reshape(draw: Draw): Parts {
  const x = shape(draw);
  const size = sizeOf(x);
  const wanted = one<() => readonly number[]>(
    draw,
    () => [...x].reverse(),
    () => [size],
    () => [-1],
    () => [-1, ...x.slice(1)],
    () => x.map((each) => (chance(draw, 4) ? -1 : each)),
    () => shape(draw),
    () => [...x.slice(0, 1), -1, 1],
  )();
  return { inputs: [x, vector(wanted)] };
}

function transpose(draw: Draw): Parts {
  const x = shape(draw);
  const order = x.map((_, i) => i);
  for (let i = order.length - 1; i > 0; i--) {
    const j = draw(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  if (chance(draw, 5) && order.length > 0) order[draw(order.length)] = axis(draw, x.length);
  if (chance(draw, 8)) order.push(0);
  return { inputs: [x, vector(order)] };
}

function concat(draw: Draw): Parts {
  const first = shape(draw, chance(draw, 6) ? draw(5) : 1 + draw(4));
  const place = properAxis(draw, first.length);
  const at = place < 0 ? place + first.length : place;
  const others = Array.from({ length: 1 + draw(3) }, () =>
    nearly(
      draw,
      first.map((each, i) => (i === at ? length(draw) : each)),
    ),
  );
  return { inputs: [first, ...others, scalar(place)] };
}

function slice(draw: Draw): Parts {
  const x = shape(draw);
  const begin = x.map((each) => draw(each + 1));
  const size = x.map((each, i) => (chance(draw, 4) ? -1 : draw(each - begin[i]! + 1)));
  if (chance(draw, 4) && x.length > 0) one(draw, begin, size)[draw(x.length)] = draw(9) - 3;
  if (chance(draw, 10)) begin.push(0);
  return { inputs: [x, vector(begin), vector(size)] };
}

function stridedSlice(draw: Draw): Parts {
  const x = shape(draw);
  const count = draw(x.length + 2);
  const numbers = (low: number, high: number) =>
    vector(Array.from({ length: count }, () => low + draw(high - low)));
  const mask = () => (chance(draw, 2) ? 0 : draw(1 << count));
  const strides = Array.from({ length: count }, () => one(draw, 1, 1, 1, 2, -1, -2, chance(draw, 4) ? 0 : 3));
  const attr = {
    begin_mask: int(mask()),
    end_mask: int(mask()),
    ellipsis_mask: int(chance(draw, 3) ? draw(1 << count) : 0),
    new_axis_mask: int(chance(draw, 3) ? mask() : 0),
    shrink_axis_mask: int(chance(draw, 3) ? mask() : 0),
  };
  return { inputs: [x, numbers(-6, 7), numbers(-6, 7), vector(strides)], attr };
}

function splitV(draw: Draw): Parts {
  const x = shape(draw, 1 + draw(4));
  const place = properAxis(draw, x.length);
  const whole = x.at(place < x.length ? place : 0) ?? 0;
  const first = draw(whole + 1);
  const lengths = chance(draw, 4) ? shape(draw, 1 + draw(3)) : [first, chance(draw, 3) ? -1 : whole - first];
  return {
    inputs: [x, vector(lengths), scalar(place)],
    attr: { num_split: int(chance(draw, 8) ? 2 : lengths.length) },
  };
}

function split(draw: Draw): Parts {
  const x = shape(draw);
  return { inputs: [scalar(properAxis(draw, x.length)), x], attr: { num_split: int(1 + draw(3)) } };
}

function padded(draw: Draw): Parts["inputs"] {
  const x = shape(draw);
  const rank = chance(draw, 8) ? draw(5) : x.length;
  const sides = Array.from({ length: 2 * rank }, () => (chance(draw, 20) ? -1 : draw(3)));
  return [x, { numbers: sides, shape: [rank, 2] }];
}

/** TensorFlow ends the process where more axes are shared than there are; so no such call is made here. */
function gather(draw: Draw): Parts {
  const x = shape(draw, 1 + draw(4));
  const shared = chance(draw, 3) ? draw(x.length) : 0;
  const indices = [...nearly(draw, x.slice(0, shared)), ...shape(draw, draw(3))];
  const place = shared === 0 ? properAxis(draw, x.length) : shared + draw(x.length - shared);
  return {
    inputs: [x, indices, scalar(place)],
    attr: { batch_dims: int(Math.min(shared, indices.length)) },
  };
}

const scatterInto: Make = (draw) => {
  const tensor = shape(draw, draw(5));
  const depth = draw(tensor.length + 1);
  const outer = shape(draw, draw(3));
  return {
    inputs: [tensor, nearly(draw, [...outer, depth]), nearly(draw, [...outer, ...tensor.slice(depth)])],
  };
};

function scatterNew(draw: Draw): Parts {
  const [tensor, indices, updates] = scatterInto(draw).inputs as [Shape, Shape, Shape];
  return { inputs: [indices, updates, vector(tensor)] };
}

function segments(draw: Draw): Parts {
  const ids = shape(draw, draw(3));
  return { inputs: [nearly(draw, [...ids, ...shape(draw, draw(3))]), ids, scalar(draw(7) - 1)] };
}

function matMul(draw: Draw): Parts {
  const [rows, inner, columns] = shape(draw, 3) as [number, number, number];
  const [a, b] = [chance(draw, 2), chance(draw, 2)];
  return {
    inputs: [
      nearly(draw, a ? [inner, rows] : [rows, inner]),
      nearly(draw, b ? [columns, inner] : [inner, columns]),
    ],
    attr: { transpose_a: bool(a), transpose_b: bool(b) },
  };
}

function batchMatMul(draw: Draw): Parts {
  const { inputs, attr } = matMul(draw);
  const outer = shape(draw, draw(3));
  const [a, b] = inputs as [Shape, Shape];
  return {
    inputs: [
      [...broadcastable(draw, outer), ...a],
      [...broadcastable(draw, outer), ...b],
    ],
    attr: { adj_x: attr!["transpose_a"]!, adj_y: attr!["transpose_b"]! },
  };
}

/** Equations, each with the labels of its inputs. */
const EQUATIONS: readonly (readonly [string, ...string[]])[] = [
  ["ij,jk->ik", "ij", "jk"],
  ["bij,bjk->bik", "bij", "bjk"],
  ["ij->ji", "ij"],
  ["ii->i", "ii"],
  ["i,i->", "i", "i"],
  ["ij,kj->ik", "ij", "kj"],
  ["abc,abd->cd", "abc", "abd"],
];

function einsum(draw: Draw): Parts {
  if (chance(draw, 4)) {
    const outer = shape(draw, draw(3));
    const [i, j, k] = shape(draw, 3) as [number, number, number];
    return {
      inputs: [nearly(draw, [...outer, i, j]), nearly(draw, [...broadcastable(draw, outer), j, k])],
      attr: { equation: text("...ij,...jk->...ik") },
    };
  }
  const [equation, ...inputs] = one(draw, ...EQUATIONS);
  const lengths = new Map<string, number>();
  for (const label of "abcdijk") lengths.set(label, length(draw));
  return {
    inputs: inputs.map((labels) =>
      nearly(
        draw,
        Array.from(labels).map((label) => lengths.get(label)!),
      ),
    ),
    attr: { equation: text(equation) },
  };
}

/** Paddings, strides and dilations of a window over images of `rank` axes. */
function windowing(draw: Draw, rank: number, kinds: readonly string[], last: boolean) {
  const solid = rank === 5;
  const channelsFirst = last && chance(draw, 4);
  const format = solid ? (channelsFirst ? "NCDHW" : "NDHWC") : channelsFirst ? "NCHW" : "NHWC";
  const spatial = Array.from(format).flatMap((letter, i) => ("DHW".includes(letter) ? [i] : []));
  const padding = one(draw, ...kinds);
  const perAxis = (of: () => number) =>
    Array.from({ length: rank }, (_, i) => (spatial.includes(i) ? of() : 1));
  // TensorFlow takes height for width in the strides and dilations of Conv3D.
  const stride = 1 + draw(3);
  const strides = perAxis(() => (chance(draw, 20) ? 0 : solid ? stride : 1 + draw(3)));
  const sides = Array.from({ length: 2 * rank }, (_, i) => (spatial.includes(i >> 1) ? draw(3) : 0));
  const explicit = kinds.includes("EXPLICIT")
    ? { explicit_paddings: ints(padding === "EXPLICIT" ? sides : []) }
    : {};
  const attr = {
    strides: ints(chance(draw, 30) ? strides.slice(1) : strides),
    padding: text(padding),
    ...(last ? { data_format: text(format) } : {}),
    ...explicit,
  };
  return { format, spatial, perAxis, attr, channels: format.indexOf("C") };
}

const ALL_PADDINGS = ["SAME", "VALID", "EXPLICIT"];

function images(draw: Draw, rank: number, channels: number, depth: number): Shape {
  return Array.from({ length: rank }, (_, i) => (i === channels ? depth : length(draw)));
}

const convolution =
  (rank: 4 | 5, isDepthwise: boolean): Make =>
  (draw) => {
    const { perAxis, attr, channels } = windowing(
      draw,
      rank,
      rank === 4 ? ALL_PADDINGS : ["SAME", "VALID"],
      true,
    );
    const [groups, from, to] = [isDepthwise || !chance(draw, 3) ? 1 : 1 + draw(3), draw(4), draw(5)];
    const filter = [...Array.from({ length: rank - 2 }, () => 1 + draw(3)), from, to];
    const rate = chance(draw, 4) ? 2 : 1;
    const dilations = perAxis(() => (rank === 5 || chance(draw, 2) ? rate : 1));
    return {
      inputs: [nearly(draw, images(draw, rank, channels, groups * from)), nearly(draw, filter)],
      attr: { ...attr, dilations: ints(dilations) },
    };
  };

const places = (x: number, size: number, stride: number, isSame: boolean) =>
  Math.max(0, isSame ? Math.ceil(x / stride) : Math.floor((x - size) / stride) + 1);

/** The shape of an image after windows of some sizes, as the attributes say. */
function seen(x: Shape, sizes: readonly number[], { attr, spatial }: ReturnType<typeof windowing>): Shape {
  const strides = attr.strides.list!.i!;
  const isSame = attributeText(attr.padding) === "SAME";
  return x.map((each, i) => {
    const at = spatial.indexOf(i);
    return at < 0 ? each : places(each, sizes[at]!, strides[i] ?? 1, isSame);
  });
}

const convolutionGradient =
  (rank: 4 | 5, ofFilter: boolean, isDepthwise = false): Make =>
  (draw) => {
    const window = windowing(draw, rank, ["SAME", "VALID"], true);
    const { channels, attr } = window;
    const [from, to] = [1 + draw(3), 1 + draw(4)];
    const x = images(draw, rank, channels, from).map((each, i) => (i === channels ? each : each + 2));
    const filter = [...Array.from({ length: rank - 2 }, () => 1 + draw(3)), from, to];
    const dy = seen(x, filter, window).map((each, i) =>
      i === channels ? (isDepthwise ? from * to : to) : each,
    );
    const given = [ofFilter ? x : vector(nearly(draw, x)), ofFilter ? vector(nearly(draw, filter)) : filter];
    return { inputs: [...given, nearly(draw, dy)], attr };
  };

const pooling =
  (rank: 4 | 5, kinds: readonly string[]): Make =>
  (draw) => {
    const { perAxis, attr, channels } = windowing(draw, rank, kinds, true);
    return {
      inputs: [nearly(draw, images(draw, rank, channels, length(draw)))],
      attr: { ...attr, ksize: ints(perAxis(() => 1 + draw(4))) },
    };
  };

const poolingGradient =
  (rank: 4 | 5, count: 1 | 3): Make =>
  (draw) => {
    const window = windowing(draw, rank, ["SAME", "VALID"], true);
    const sizes = window.perAxis(() => 1 + draw(3));
    const x = shape(draw, rank).map((each) => each + 2);
    const y = seen(
      x,
      window.spatial.map((axis) => sizes[axis]!),
      window,
    );
    const attr = { ...window.attr, ksize: ints(sizes) };
    if (count === 1) return { inputs: [vector(nearly(draw, x)), nearly(draw, y)], attr };
    return { inputs: [nearly(draw, x), nearly(draw, y), nearly(draw, y)], attr };
  };

const dilation =
  (count: 2 | 3): Make =>
  (draw) => {
    const window = windowing(draw, 4, ["SAME", "VALID"], false);
    const depth = length(draw);
    const [x, filter] = [
      [...positive(draw, 3), depth],
      [1 + draw(3), 1 + draw(3), depth],
    ];
    const y = seen(x, filter, { ...window, spatial: [1, 2] });
    return {
      inputs: [nearly(draw, x), nearly(draw, filter), ...(count === 2 ? [] : [nearly(draw, y)])],
      attr: { ...window.attr, rates: ints([1, 1, 1, 1]) },
    };
  };

const batchNorm =
  (count: 5 | 6, formats = ["NHWC", "NCHW", "NDHWC"]): Make =>
  (draw) => {
    const format = one(draw, ...formats);
    const x = shape(draw, format.length);
    const channels = [x[format.indexOf("C")]!];
    const vectors = Array.from({ length: 4 }, () => nearly(draw, channels));
    const attr = { data_format: text(format), is_training: bool(chance(draw, 2)) };
    if (count === 5) return { inputs: [nearly(draw, x), ...vectors], attr };
    return { inputs: [nearly(draw, x), x, ...vectors], attr };
  };

const sized = (draw: Draw) => vector(chance(draw, 8) ? shape(draw, draw(4)) : [draw(6), draw(6)]);

function spaceToBatch(draw: Draw): Parts {
  const block = positive(draw, 1 + draw(2));
  const sides = Array.from({ length: 2 * block.length }, () => draw(3));
  const x = [
    length(draw),
    ...block.map((step, i) => Math.max(0, step * draw(4) - sides[2 * i]! - sides[2 * i + 1]!)),
  ];
  return {
    inputs: [
      nearly(draw, [...x, ...shape(draw, draw(2))]),
      vector(block),
      { numbers: sides, shape: [block.length, 2] },
    ],
  };
}

function batchToSpace(draw: Draw): Parts {
  const block = positive(draw, 1 + draw(2));
  const sides = Array.from({ length: 2 * block.length }, () => draw(2));
  const x = [draw(4) * sizeOf(block), ...block.map(() => length(draw))];
  return {
    inputs: [
      nearly(draw, [...x, ...shape(draw, draw(2))]),
      vector(block),
      { numbers: sides, shape: [block.length, 2] },
    ],
  };
}

const blocks: Make = (draw) => ({
  inputs: [nearly(draw, [length(draw), 2 * draw(4), 2 * draw(4), 4 * draw(3)])],
  attr: { block_size: int(one(draw, 2, 2, 2, 3, 1)), data_format: text(one(draw, "NHWC", "NCHW")) },
});

/** Calls by the names of ops; every op with a rule has one. */
const MAKERS: Readonly<Record<string, Make>> = {
  AddN: (draw) => alike(1 + draw(4))(draw),
  ApproximateEqual: alike(2),
  Select: (draw) => {
    const then = shape(draw);
    const condition = one<Shape>(draw, then, then.slice(0, 1), [], shape(draw, 1));
    return { inputs: [condition, then, nearly(draw, then)] };
  },
  SelectV2: (draw) => {
    const whole = shape(draw);
    return { inputs: [0, 1, 2].map(() => broadcastable(draw, whole)) };
  },
  ClipByValue: (draw) => ({ inputs: [shape(draw), [], []] }),
  BiasAdd: (draw) => {
    const x = shape(draw);
    const isFirst = chance(draw, 3);
    return {
      inputs: [x, nearly(draw, [(isFirst ? x[1] : x.at(-1)) ?? 1])],
      attr: { data_format: text(isFirst ? "NCHW" : "NHWC") },
    };
  },
  Reshape: reshape,
  ExpandDims: (draw) => {
    const x = shape(draw);
    const place = axis(draw, x.length + 1);
    return { inputs: [x, chance(draw, 2) ? scalar(place) : vector([place])] };
  },
  Squeeze: (draw) => {
    const x = shape(draw).map((each) => (chance(draw, 2) ? 1 : each));
    const axes = chance(draw, 2) ? [] : [properAxis(draw, x.length)];
    return { inputs: [x], attr: { squeeze_dims: ints(axes) } };
  },
  Transpose: transpose,
  Tile: (draw) => {
    const x = shape(draw);
    return { inputs: [x, vector(chance(draw, 6) ? shape(draw) : x.map(() => draw(4)))] };
  },
  Pack: (draw) => {
    const { inputs } = alike(1 + draw(3))(draw);
    return { inputs, attr: { axis: int(properAxis(draw, (inputs[0] as Shape).length + 1)) } };
  },
  Unpack: (draw) => {
    const x = shape(draw);
    const place = properAxis(draw, x.length);
    const count = chance(draw, 6) ? draw(4) : (x.at(place < x.length ? place : 0) ?? 0);
    return { inputs: [x], attr: { axis: int(place), num: int(count) } };
  },
  ConcatV2: concat,
  BroadcastTo: (draw) => {
    const whole = shape(draw);
    return { inputs: [broadcastable(draw, whole), vector(whole)] };
  },
  BroadcastArgs: (draw) => ({ inputs: [shape(draw, chance(draw, 6) ? 2 : 1), shape(draw, 1)] }),
  ReverseV2: (draw) => {
    const x = shape(draw);
    return { inputs: [x, vector(Array.from({ length: draw(3) }, () => properAxis(draw, x.length)))] };
  },
  Roll: (draw) => ({ inputs: [shape(draw), vector([1]), vector([0])] }),
  SpaceToBatchND: spaceToBatch,
  BatchToSpaceND: batchToSpace,
  DepthToSpace: blocks,
  SpaceToDepth: blocks,
  Slice: slice,
  StridedSlice: stridedSlice,
  StridedSliceGrad: (draw) => ({
    inputs: [vector(shape(draw)), ...[0, 1, 1].map((number) => vector([number])), shape(draw)],
  }),
  Split: split,
  SplitV: splitV,
  Pad: (draw) => ({ inputs: padded(draw) }),
  PadV2: (draw) => ({ inputs: [...padded(draw), chance(draw, 8) ? [1] : []] }),
  MirrorPad: (draw) => ({ inputs: padded(draw), attr: { mode: text(one(draw, "REFLECT", "SYMMETRIC")) } }),
  MirrorPadGrad: (draw) => ({
    inputs: padded(draw),
    attr: { mode: text(one(draw, "REFLECT", "SYMMETRIC")) },
  }),
  Fill: (draw) => ({ inputs: [vector(chance(draw, 8) ? [2, -1] : shape(draw)), chance(draw, 8) ? [1] : []] }),
  Range: (draw) => ({ inputs: [draw(9) - 4, draw(9) - 4, draw(7) - 3].map(scalar) }),
  LinSpace: (draw) => ({ inputs: [[], [], scalar(draw(6))] }),
  OneHot: (draw) => {
    const x = shape(draw);
    return {
      inputs: [x, scalar(draw(7) - 1), chance(draw, 9) ? [1] : [], []],
      attr: { axis: int(chance(draw, 2) ? -1 : draw(x.length + 3) - 1) },
    };
  },
  GatherV2: gather,
  GatherNd: (draw) => {
    const x = shape(draw);
    return { inputs: [x, [...shape(draw, draw(3)), draw(x.length + 2)]] };
  },
  ScatterNd: scatterNew,
  Bincount: (draw) => ({ inputs: [shape(draw), scalar(draw(7) - 1), shape(draw, 1)] }),
  DenseBincount: (draw) => ({ inputs: [shape(draw), scalar(draw(6)), shape(draw, 1)] }),
  TopKV2: (draw) => ({ inputs: [shape(draw), scalar(draw(6) - 1)] }),
  SparseToDense: (draw) => ({ inputs: [[2, 2], vector(shape(draw)), [2], []] }),
  MatrixBandPart: (draw) => ({ inputs: [shape(draw), scalar(1), scalar(1)] }),
  MatMul: matMul,
  BatchMatMulV2: batchMatMul,
  Einsum: einsum,
  Conv2D: convolution(4, false),
  Conv2DBackpropInput: convolutionGradient(4, false),
  Conv2DBackpropFilter: convolutionGradient(4, true),
  DepthwiseConv2dNative: convolution(4, true),
  DepthwiseConv2dNativeBackpropInput: convolutionGradient(4, false, true),
  DepthwiseConv2dNativeBackpropFilter: convolutionGradient(4, true, true),
  Conv3D: convolution(5, false),
  Conv3DBackpropInputV2: convolutionGradient(5, false),
  Conv3DBackpropFilterV2: convolutionGradient(5, true),
  MaxPool: pooling(4, ALL_PADDINGS),
  MaxPoolGrad: poolingGradient(4, 3),
  AvgPool: pooling(4, ["SAME", "VALID"]),
  AvgPoolGrad: poolingGradient(4, 1),
  MaxPool3D: pooling(5, ["SAME", "VALID"]),
  MaxPool3DGrad: poolingGradient(5, 3),
  AvgPool3D: pooling(5, ["SAME", "VALID"]),
  AvgPool3DGrad: poolingGradient(5, 1),
  Dilation2D: dilation(2),
  Dilation2DBackpropInput: dilation(3),
  Dilation2DBackpropFilter: dilation(3),
  ResizeBilinear: (draw) => ({ inputs: [nearly(draw, shape(draw, 4)), sized(draw)] }),
  ResizeNearestNeighbor: (draw) => ({ inputs: [nearly(draw, shape(draw, 4)), sized(draw)] }),
  ResizeNearestNeighborGrad: (draw) => ({ inputs: [nearly(draw, shape(draw, 4)), sized(draw)] }),
  ResizeBilinearGrad: (draw) => ({ inputs: [nearly(draw, shape(draw, 4)), nearly(draw, shape(draw, 4))] }),
  CropAndResize: (draw) => {
    const boxes = length(draw);
    const box = nearly(draw, [boxes, 4]);
    return { inputs: [nearly(draw, shape(draw, 4)), box, nearly(draw, [boxes]), sized(draw)] };
  },
  LRN: (draw) => ({ inputs: [nearly(draw, shape(draw, 4))] }),
  LRNGrad: (draw) => {
    const x = nearly(draw, shape(draw, 4));
    return { inputs: [x, nearly(draw, x), nearly(draw, x)] };
  },
  FusedBatchNorm: batchNorm(5, ["NHWC", "NCHW"]),
  FusedBatchNormV3: batchNorm(5),
  FusedBatchNormGradV3: batchNorm(6),
  SoftmaxCrossEntropyWithLogits: (draw) => {
    const logits = nearly(draw, shape(draw, 2));
    return { inputs: [logits, broadcastable(draw, logits)] };
  },
  SparseSoftmaxCrossEntropyWithLogits: (draw) => {
    const logits = nearly(draw, shape(draw, 2));
    return { inputs: [logits, nearly(draw, logits.slice(0, 1))] };
  },
  CollectiveReduce: (draw) => ({
    inputs: [shape(draw)],
    attr: {
      group_size: int(2),
      group_key: int(1),
      instance_key: int(1),
      merge_op: text("Add"),
      final_op: text("Div"),
      subdiv_offsets: ints([0]),
    },
  }),
  CollectiveGather: (draw) => {
    const x = shape(draw, 1 + draw(3));
    const gathered = { shape: { dim: [2 * x[0]!, ...x.slice(1)].map((size) => ({ size })) } };
    return {
      inputs: [x],
      attr: { group_size: int(2), group_key: int(1), instance_key: int(1), shape: gathered },
    };
  },
  XlaReplicaId: () => ({ inputs: [] }),
  CheckNumerics: (draw) => ({ inputs: [shape(draw)], attr: { message: text("x") } }),
  UniqueV2: (draw) => ({ inputs: [shape(draw), vector([0])] }),
  NonMaxSuppressionV3: () => ({ inputs: [[3, 4], [3], scalar(2), [], []] }),
  NonMaxSuppressionV4: () => ({ inputs: [[3, 4], [3], scalar(2), [], []] }),
  NonMaxSuppressionV5: () => ({ inputs: [[3, 4], [3], scalar(2), [], [], []] }),
  ...group("UnsortedSegmentSum UnsortedSegmentMax UnsortedSegmentMin UnsortedSegmentProd", segments),
  ...group(
    "TensorScatterUpdate TensorScatterAdd TensorScatterSub TensorScatterMax TensorScatterMin",
    scatterInto,
  ),
  ...group("Sum Mean Prod Max Min EuclideanNorm All Any", reduction),
  ...group("ArgMax ArgMin Cumsum Cumprod", alongAxis),
};

function group(names: string, make: Make): Readonly<Record<string, Make>> {
  return Object.fromEntries(names.split(" ").map((name) => [name, make]));
}

const GRADIENT =
  /^(Relu|Relu6|Elu|Selu|Softplus|Softsign|LeakyRelu|Sigmoid|Tanh|Rsqrt|Sqrt|Reciprocal|Inv)Grad$/;

/** A random call of an op. About one in four is one that TensorFlow refuses. */
export function fuzzCall(op: string, draw: Draw): FuzzCall {
  const rule = RULES.get(op)!;
  const singles = rule.inputs.length === 1 ? alike(1) : GRADIENT.test(op) ? alike(2) : pair;
  const { inputs, attr = {} } = (MAKERS[op] ?? singles)(draw);
  const lists = rule.inputs.some(({ countAttribute }) => countAttribute !== undefined);
  const count = inputs.length - rule.inputs.length + 1;
  const types = new Map<string, string>();
  const typeOf = (name: string) => {
    const known = types.get(name);
    if (known !== undefined) return known;
    const allowed = rule.types.get(name) ?? ["float32", "int32", "bool"];
    const type = allowed.includes("float32") && !/^(Tidx|Tshape)$/.test(name) ? "float32" : allowed[0]!;
    types.set(name, type);
    return type;
  };
  const places = rule.inputs.flatMap((argument) =>
    argument.countAttribute === undefined ? [argument] : Array.from({ length: count }, () => argument),
  );
  const given = inputs.map((input, i): FuzzInput => {
    const place = places[i]!;
    const dtype = place.typeAttribute === undefined ? place.type! : typeOf(place.typeAttribute);
    if (!("numbers" in input)) return { dtype, shape: input };
    return { dtype, numbers: input.numbers, shape: input.shape ?? [input.numbers.length] };
  });
  for (const { typeAttribute, type } of rule.outputs) {
    if (typeAttribute !== undefined && !types.has(typeAttribute)) types.set(typeAttribute, type ?? "int32");
  }
  const counted = lists
    ? {
        [rule.inputs.find(({ countAttribute }) => countAttribute !== undefined)!.countAttribute!]: int(count),
      }
    : {};
  const typed = Object.fromEntries([...types].map(([name, type]) => [name, { type: typeNumber(type) }]));
  return { op, inputs: given, attr: { ...typed, ...counted, ...attr } };
}
