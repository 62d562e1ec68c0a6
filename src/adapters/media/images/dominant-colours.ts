import { oklabToHex, toOklab, type Oklab, type Pixels } from './planes.js';

export interface DominantColour {
  /** `#rrggbb` */
  hex: string;
  /** Of the picture's opaque area, 0 to 1. */
  share: number;
}

interface Cluster {
  colour: Oklab;
  weight: number;
}

/** Oklab distances below this look like shades of one colour beside each other. */
const SAME = 0.06;
const SMALLEST_SHARE = 0.01;

/**
 * Up to five colours, the commonest first, by k-means in Oklab over the colours of a thumbnail. Nothing is random: the
 * first centre is the commonest colour, each further one the colour that is farthest from all centres, weighted by area.
 */
export function dominantColours(pixels: Pixels, count = 5): DominantColour[] {
  const points = histogram(pixels);
  const total = points.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) return [];
  let clusters = chooseCentres(points, count + 3);
  for (let round = 0; round < 12; round++) clusters = moveCentres(points, clusters);
  return merge(clusters)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, count)
    .map(({ colour, weight }) => ({ hex: oklabToHex(colour), share: Math.round((weight / total) * 10_000) / 10_000 }))
    .filter(({ share }) => share >= SMALLEST_SHARE);
}

/** The thumbnail's colours in cells of 5 bits a channel, each as its mean, weighted by opacity. */
function histogram({ data }: Pixels): Cluster[] {
  const cells = new Map<number, [red: number, green: number, blue: number, weight: number]>();
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3]! / 255;
    if (alpha < 0.05) continue;
    const key = ((data[i]! >> 3) << 10) | ((data[i + 1]! >> 3) << 5) | (data[i + 2]! >> 3);
    const cell = cells.get(key) ?? [0, 0, 0, 0];
    cell[0] += data[i]! * alpha;
    cell[1] += data[i + 1]! * alpha;
    cell[2] += data[i + 2]! * alpha;
    cell[3] += alpha;
    cells.set(key, cell);
  }
  return [...cells.values()].map(([r, g, b, weight]) => ({
    colour: toOklab(Math.round(r / weight), Math.round(g / weight), Math.round(b / weight)),
    weight,
  }));
}

function chooseCentres(points: readonly Cluster[], count: number): Cluster[] {
  const first = points.reduce((best, point) => (point.weight > best.weight ? point : best));
  const centres = [first];
  const nearest = points.map((point) => distance(point.colour, first.colour));
  while (centres.length < count) {
    let next = -1;
    let best = SAME ** 2;
    points.forEach(({ weight }, i) => {
      const gain = nearest[i]! ** 2 * Math.sqrt(weight);
      if (nearest[i]! > SAME && gain > best) [next, best] = [i, gain];
    });
    if (next < 0) break;
    const centre = points[next]!;
    centres.push(centre);
    points.forEach((point, i) => (nearest[i] = Math.min(nearest[i]!, distance(point.colour, centre.colour))));
  }
  return centres;
}

function moveCentres(points: readonly Cluster[], clusters: readonly Cluster[]): Cluster[] {
  const sums = clusters.map(() => [0, 0, 0, 0] as [number, number, number, number]);
  for (const { colour, weight } of points) {
    let nearest = 0;
    for (let c = 1; c < clusters.length; c++) {
      if (distance(colour, clusters[c]!.colour) < distance(colour, clusters[nearest]!.colour)) nearest = c;
    }
    const sum = sums[nearest]!;
    for (let i = 0; i < 3; i++) sum[i]! += colour[i]! * weight;
    sum[3] += weight;
  }
  return sums
    .filter(([, , , weight]) => weight > 0)
    .map(([l, a, b, weight]) => ({ colour: [l / weight, a / weight, b / weight], weight }));
}

function merge(clusters: readonly Cluster[]): Cluster[] {
  const merged: Cluster[] = [];
  for (const cluster of [...clusters].sort((a, b) => b.weight - a.weight)) {
    const twin = merged.find(({ colour }) => distance(colour, cluster.colour) < SAME);
    if (twin === undefined) {
      merged.push({ ...cluster });
      continue;
    }
    const weight = twin.weight + cluster.weight;
    const mix = (i: 0 | 1 | 2) => (twin.colour[i] * twin.weight + cluster.colour[i] * cluster.weight) / weight;
    twin.colour = [mix(0), mix(1), mix(2)];
    twin.weight = weight;
  }
  return merged;
}

const distance = (a: Oklab, b: Oklab): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
