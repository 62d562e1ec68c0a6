import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** What a file of weights says of itself, and of the files beside it. */
export interface OnnxGraph {
  inputs: readonly OnnxValue[];
  outputs: readonly OnnxValue[];
  /** Files relative to the graph's own that hold weights, and how many bytes each must have at least. */
  beside: ReadonlyMap<string, number>;
}

export interface OnnxValue {
  name: string;
  /** Null for a length that is not fixed. Empty where the file says nothing of the shape. */
  shape: readonly (number | null)[];
}

/** The message says what the file is instead, in words that go on a sentence about it: `is a web page`. */
export class NotOnnx extends Error {}

/**
 * Reads the frame of an ONNX file (a `ModelProto` of protocol buffers, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) without its
 * weights: every length in it must end where its surroundings do, so that a file that was cut anywhere is found out. Takes milliseconds
 * whatever the file's size.
 * @throws NotOnnx
 */
export function readOnnx(path: string): OnnxGraph {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const bytes = new Window(file, size);
    refuseOtherKinds(bytes, size);
    return readModel(bytes, size);
  } finally {
    closeSync(file);
  }
}

/** The numbers of fields that are looked at. */
const MODEL = { irVersion: 1, graph: 7, opsets: 8 };
const GRAPH = { initializer: 5, input: 11, output: 12 };
const TENSOR = { name: 8, external: 13 };
const ENTRY = { key: 1, value: 2 };
const VALUE = { name: 1, type: 2 };
const VARINT = 0;
const BYTES = 2;
const WINDOW = 16 * 1024;
/** Far beyond what there is: the format counts its versions from 1. */
const HIGHEST_IR_VERSION = 100;

function refuseOtherKinds(bytes: Window, size: number): void {
  if (size === 0) throw new NotOnnx('is empty');
  const head = bytes.slice(0, Math.min(size, 512));
  const text = head.toString('latin1').trimStart();
  if (text.startsWith('version https://git-lfs')) throw new NotOnnx('is a pointer of Git LFS, not what it points to; load the file itself');
  if (/^<(!doctype|html|\?xml)/i.test(text)) throw new NotOnnx('is a web page');
  if (text.startsWith('PK\u0003\u0004') || text.startsWith('\u0080\u0002')) throw new NotOnnx('is a file of PyTorch; weights in ONNX\'s format are needed');
  if (text.startsWith('GGUF')) throw new NotOnnx('is a GGUF file; weights in ONNX\'s format are needed');
  if (text.startsWith('\u0089HDF')) throw new NotOnnx('is a file of Keras; weights in ONNX\'s format are needed');
  if (size > 9 && head[8] === 0x7b && head.readUInt32LE(4) === 0) throw new NotOnnx('is a safetensors file; weights in ONNX\'s format are needed');
  if (text.startsWith('{') || text.startsWith('[')) throw new NotOnnx('is a JSON file; weights in ONNX\'s format are needed');
}

function readModel(bytes: Window, size: number): OnnxGraph {
  let graph: OnnxGraph | null = null;
  let hasVersion = false;
  let hasOpsets = false;
  try {
    for (const field of fields(bytes, 0, size)) {
      if (field.number === MODEL.irVersion && field.wire === VARINT) hasVersion = field.value > 0 && field.value <= HIGHEST_IR_VERSION;
      // Its first field, in whatever writes such files; anything else is none.
      else if (!hasVersion) throw new NotOnnx('is no ONNX file');
      if (field.number === MODEL.graph && field.wire === BYTES) graph = readGraph(bytes, field);
      if (field.number === MODEL.opsets) hasOpsets = true;
    }
  } catch (error) {
    if (error instanceof CutOff) throw new NotOnnx(hasVersion ? `was cut off: it has ${size} bytes and should have more; load it again` : 'is no ONNX file');
    throw error;
  }
  if (!hasVersion) throw new NotOnnx('is no ONNX file');
  if (graph === null || !hasOpsets) throw new NotOnnx(`was cut off: it has ${size} bytes and should have more; load it again`);
  return graph;
}

function readGraph(bytes: Window, within: Field): OnnxGraph {
  const [inputs, outputs]: [OnnxValue[], OnnxValue[]] = [[], []];
  const initialized = new Set<string>();
  const beside = new Map<string, number>();
  for (const field of fields(bytes, within.start, within.end)) {
    if (field.wire !== BYTES) continue;
    if (field.number === GRAPH.input) inputs.push(readValue(bytes, field));
    if (field.number === GRAPH.output) outputs.push(readValue(bytes, field));
    if (field.number === GRAPH.initializer) readInitializer(bytes, field, initialized, beside);
  }
  // Older files list their weights among the inputs.
  return { inputs: inputs.filter(({ name }) => !initialized.has(name)), outputs, beside };
}

function readInitializer(bytes: Window, within: Field, initialized: Set<string>, beside: Map<string, number>): void {
  const entries = new Map<string, string>();
  for (const field of fields(bytes, within.start, within.end)) {
    if (field.number === TENSOR.name) initialized.add(textOf(bytes, field));
    if (field.number !== TENSOR.external) continue;
    const parts = [...fields(bytes, field.start, field.end)];
    const part = (number: number) => parts.filter((each) => each.number === number).map((each) => textOf(bytes, each))[0] ?? '';
    entries.set(part(ENTRY.key), part(ENTRY.value));
  }
  const location = entries.get('location');
  if (location === undefined) return;
  const end = Number(entries.get('offset') ?? 0) + Number(entries.get('length') ?? 0);
  beside.set(location, Math.max(beside.get(location) ?? 0, end));
}

/** `ValueInfoProto`: type 2 → tensor 1 → shape 2 → dimensions 1, each with a value 1 or a name 2. */
function readValue(bytes: Window, within: Field): OnnxValue {
  let name = '';
  let shape: (number | null)[] = [];
  const inner = (field: Field, number: number) => [...fields(bytes, field.start, field.end)].filter((each) => each.number === number);
  for (const field of fields(bytes, within.start, within.end)) {
    if (field.number === VALUE.name) name = textOf(bytes, field);
    if (field.number !== VALUE.type) continue;
    const dimensions = inner(field, 1).flatMap((tensor) => inner(tensor, 2)).flatMap((each) => inner(each, 1));
    shape = dimensions.map((dimension) => inner(dimension, 1)[0]?.value ?? null);
  }
  return { name, shape };
}

const textOf = (bytes: Window, { start, end }: Field) => bytes.slice(start, end).toString('utf8');

interface Field {
  number: number;
  wire: number;
  /** Of a varint. */
  value: number;
  /** Of its content. */
  start: number;
  end: number;
}

class CutOff extends Error {}

/** The fields between two places of a file. @throws CutOff where one reaches beyond the end */
function* fields(bytes: Window, start: number, end: number): Generator<Field> {
  for (let at = start; at < end; ) {
    const [tag, behindTag] = varint(bytes, at, end);
    const field: Field = { number: Math.floor(tag / 8), wire: tag % 8, value: 0, start: behindTag, end: behindTag };
    if (field.wire === VARINT) [field.value, field.end] = varint(bytes, behindTag, end);
    else if (field.wire === BYTES) {
      const [length, from] = varint(bytes, behindTag, end);
      [field.start, field.end] = [from, from + length];
    } else if (field.wire === 1 || field.wire === 5) field.end = behindTag + (field.wire === 1 ? 8 : 4);
    else throw new CutOff();
    if (field.number === 0 || field.end > end) throw new CutOff();
    yield field;
    at = field.end;
  }
}

function varint(bytes: Window, from: number, end: number): [value: number, behind: number] {
  let value = 0;
  for (let at = from, factor = 1; at < end && at < from + 10; at++, factor *= 128) {
    const byte = bytes.at(at);
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return [value, at + 1];
  }
  throw new CutOff();
}

/** A file's bytes, a stretch of it in memory at a time. */
class Window {
  private readonly buffer = Buffer.alloc(WINDOW);
  private start = 0;
  private filled = 0;

  constructor(
    private readonly file: number,
    private readonly size: number,
  ) {}

  at(position: number): number {
    if (position < this.start || position >= this.start + this.filled) {
      this.start = position;
      this.filled = readSync(this.file, this.buffer, 0, Math.min(WINDOW, this.size - position), position);
    }
    return this.buffer[position - this.start]!;
  }

  slice(from: number, to: number): Buffer {
    const bytes = Buffer.alloc(to - from);
    readSync(this.file, bytes, 0, bytes.length, from);
    return bytes;
  }
}
