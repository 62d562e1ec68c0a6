/** Pixels as sharp gives them: RGBA, 8 bits, sRGB, row by row. */
export interface Pixels {
  data: Uint8Array;
  width: number;
  height: number;
}

/** One number a pixel, row by row. */
export interface Plane {
  values: Float64Array;
  width: number;
  height: number;
}

/** Oklab: perceptually even; L 0 to 1, a and b about −0.4 to 0.4. https://bottosson.github.io/posts/oklab */
export type Oklab = readonly [lightness: number, a: number, b: number];

const LINEAR = Float64Array.from({ length: 256 }, (_, i) => {
  const s = i / 255;
  return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
});

export function toOklab(red: number, green: number, blue: number): Oklab {
  const [r, g, b] = [LINEAR[red]!, LINEAR[green]!, LINEAR[blue]!];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

export function oklabToHex([lightness, a, b]: Oklab): string {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  const byte = (x: number) => {
    const s8 = x <= 0.0031308 ? 12.92 * x : 1.055 * Math.max(0, x) ** (1 / 2.4) - 0.055;
    return Math.round(Math.min(1, Math.max(0, s8)) * 255).toString(16).padStart(2, '0');
  };
  return `#${linear.map(byte).join('')}`;
}

/** The picture's three Oklab planes, what is transparent laid over a neutral grey. */
export function oklabPlanes({ data, width, height }: Pixels): [Plane, Plane, Plane] {
  const planes = [0, 1, 2].map(() => ({ values: new Float64Array(width * height), width, height })) as [Plane, Plane, Plane];
  const over = (value: number, alpha: number) => Math.round((value * alpha + 128 * (255 - alpha)) / 255);
  for (let i = 0; i < width * height; i++) {
    const alpha = data[i * 4 + 3]!;
    const lab = toOklab(over(data[i * 4]!, alpha), over(data[i * 4 + 1]!, alpha), over(data[i * 4 + 2]!, alpha));
    for (let c = 0; c < 3; c++) planes[c]!.values[i] = lab[c]!;
  }
  return planes;
}

/** Scales by area: each target pixel is the mean of what it covers; also upwards. */
export function resizePlane(plane: Plane, width: number, height: number): Plane {
  return transpose(resizeRows(transpose(resizeRows(plane, width)), height));
}

function resizeRows({ values, width, height }: Plane, target: number): Plane {
  const out = new Float64Array(target * height);
  const scale = width / target;
  for (let x = 0; x < target; x++) {
    const [from, to] = [x * scale, (x + 1) * scale];
    for (let source = Math.floor(from); source < Math.min(width, Math.ceil(to)); source++) {
      const share = (Math.min(to, source + 1) - Math.max(from, source)) / scale;
      if (share <= 0) continue;
      for (let y = 0; y < height; y++) out[y * target + x]! += values[y * width + source]! * share;
    }
  }
  return { values: out, width: target, height };
}

function transpose({ values, width, height }: Plane): Plane {
  const out = new Float64Array(values.length);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) out[x * height + y] = values[y * width + x]!;
  return { values: out, width: height, height: width };
}

/** The lowest `count` × `count` coefficients of the orthonormal two-dimensional DCT-II, row by row, DC first. */
export function lowFrequencies({ values, width, height }: Plane, count: number): Float64Array {
  const horizontal = cosines(width, count);
  const vertical = cosines(height, count);
  const rows = new Float64Array(height * count);
  for (let y = 0; y < height; y++) {
    for (let u = 0; u < count; u++) {
      let sum = 0;
      for (let x = 0; x < width; x++) sum += values[y * width + x]! * horizontal[u * width + x]!;
      rows[y * count + u] = sum;
    }
  }
  const out = new Float64Array(count * count);
  for (let v = 0; v < count; v++) {
    for (let u = 0; u < count; u++) {
      let sum = 0;
      for (let y = 0; y < height; y++) sum += rows[y * count + u]! * vertical[v * height + y]!;
      out[v * count + u] = sum;
    }
  }
  return out;
}

function cosines(length: number, count: number): Float64Array {
  const table = new Float64Array(count * length);
  for (let k = 0; k < count; k++) {
    const scale = Math.sqrt((k === 0 ? 1 : 2) / length);
    for (let n = 0; n < length; n++) table[k * length + n] = scale * Math.cos((Math.PI * k * (2 * n + 1)) / (2 * length));
  }
  return table;
}
