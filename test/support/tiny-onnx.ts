/**
 * Writes ONNX graphs of a few nodes, for models that answer what a test wants them to. The field numbers are those of
 * onnx.proto (IR version 8, operator set 17).
 */

export interface TinyGraph {
  nodes: readonly { op: string; inputs: readonly string[]; outputs: readonly string[]; attributes?: Record<string, number | readonly number[]> }[];
  inputs: Readonly<Record<string, TinyValue>>;
  outputs: Readonly<Record<string, TinyValue>>;
  /** Constants. */
  floats?: Readonly<Record<string, { dims: readonly number[]; values: readonly number[] | Float32Array }>>;
  longs?: Readonly<Record<string, { dims: readonly number[]; values: readonly number[] }>>;
  /** Constants that lie in files beside, up to which byte. */
  beside?: Readonly<Record<string, { file: string; bytes: number }>>;
}

export interface TinyValue {
  type: 'float' | 'int64';
  /** A name where the size is open. */
  dims: readonly (number | string)[];
}

const TYPES = { float: 1, int64: 7 };
const [ATTRIBUTE_INT, ATTRIBUTE_INTS] = [2, 7];

export const tinyOnnx = (graph: TinyGraph): Buffer => Buffer.concat(onnxParts(graph));

/** The file in pieces, for a graph whose constants are too large to be copied about. */
export function onnxParts({ nodes, inputs, outputs, floats = {}, longs = {}, beside = {} }: TinyGraph): Buffer[] {
  const graph = [
    ...nodes.map(({ op, inputs: from, outputs: to, attributes = {} }) =>
      bytes(1, [...from.map((name) => text(1, name)), ...to.map((name) => text(2, name)), text(4, op), ...Object.entries(attributes).map(attribute)]),
    ),
    text(2, 'tiny'),
    ...Object.entries(floats).flatMap(([name, { dims, values }]) =>
      parts(5, [...dims.map((dim) => number(1, dim)), number(2, TYPES.float), ...parts(4, [rawFloats(values)]), text(8, name)]),
    ),
    ...Object.entries(longs).map(([name, { dims, values }]) =>
      bytes(5, [...dims.map((dim) => number(1, dim)), number(2, TYPES.int64), bytes(7, values.map(varint)), text(8, name)]),
    ),
    ...Object.entries(beside).map(([name, { file, bytes: length }]) =>
      bytes(5, [text(8, name), ...Object.entries({ location: file, length: String(length) }).map(([key, value]) => bytes(13, [text(1, key), text(2, value)])), number(14, 1)]),
    ),
    ...Object.entries(inputs).map((entry) => bytes(11, [valueInfo(entry)])),
    ...Object.entries(outputs).map((entry) => bytes(12, [valueInfo(entry)])),
  ];
  return [number(1, 8), ...parts(7, graph), bytes(8, [text(1, ''), number(2, 17)])];
}

function rawFloats(values: readonly number[] | Float32Array): Buffer {
  const floats = values instanceof Float32Array ? values : Float32Array.from(values);
  return Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength);
}

function attribute([name, value]: [string, number | readonly number[]]): Buffer {
  if (typeof value === 'number') return bytes(5, [text(1, name), number(3, value), number(20, ATTRIBUTE_INT)]);
  return bytes(5, [text(1, name), ...value.map((each) => number(8, each)), number(20, ATTRIBUTE_INTS)]);
}

function valueInfo([name, { type, dims }]: [string, TinyValue]): Buffer {
  const shape = bytes(2, dims.map((dim) => bytes(1, [typeof dim === 'number' ? number(1, dim) : text(2, dim)])));
  return Buffer.concat([text(1, name), bytes(2, [bytes(1, [number(1, TYPES[type]), shape])])]);
}

const varint = (value: number): Buffer => {
  const all: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    all.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(all);
};
const number = (field: number, value: number) => Buffer.concat([varint(field << 3), varint(value)]);
const parts = (field: number, content: readonly Buffer[]) => [varint((field << 3) | 2), varint(content.reduce((sum, { length }) => sum + length, 0)), ...content];
const bytes = (field: number, content: readonly Buffer[]) => Buffer.concat(parts(field, content));
const text = (field: number, value: string) => bytes(field, [Buffer.from(value)]);
