import type { Rgb } from '../images/decode-rgb.js';

/** What is remembered of a frame to judge it by. */
export interface Look {
  seconds: number;
  /** Mean red, green, blue of 8 × 8 tiles, 0 to 255. */
  tiles: Float32Array;
  /** Mean and standard deviation of its grey, 0 to 255. */
  lightness: number;
  contrast: number;
  /** Root mean square of the grey's Laplacian over its contrast: what of the contrast lies in fine edges. */
  detail: number;
}

const TILES = 8;
/** Mean difference of two frames' tiles, of 255, from which they are of different scenes. Movement within one rarely comes near. */
const CUT = 16;
const BLACK = { lightness: 24, contrast: 10 } as const;
/** With less contrast there is nothing that could be blurred: a sky, a wall, a title's background. */
const FLAT = 8;
/** Of the film's median detail, below which a frame is blurred. */
const BLURRED = 0.25;
/** Seconds: a longer scene counts as several, so that a match leads near to what was found. */
const LONGEST_SCENE = 60;
/** Seconds between looks up to which a scene of a single look is the way from one to the next: a fade, a flash. */
const CLOSE_LOOKS = 0.5;

export function lookAt({ data, width, height }: Rgb, seconds: number): Look {
  const grey = new Float32Array(width * height);
  const tiles = new Float32Array(TILES * TILES * 3);
  const counts = new Float32Array(TILES * TILES);
  let [sum, squares] = [0, 0];
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.floor((y * TILES) / height) * TILES;
    for (let x = 0; x < width; x++, i++) {
      const tile = row + Math.floor((x * TILES) / width);
      const [red, green, blue] = [data[i * 3]!, data[i * 3 + 1]!, data[i * 3 + 2]!];
      tiles[tile * 3]! += red;
      tiles[tile * 3 + 1]! += green;
      tiles[tile * 3 + 2]! += blue;
      counts[tile]!++;
      const value = 0.299 * red + 0.587 * green + 0.114 * blue;
      grey[i] = value;
      sum += value;
      squares += value * value;
    }
  }
  for (let i = 0; i < tiles.length; i++) tiles[i]! /= counts[Math.floor(i / 3)]! || 1;
  const lightness = sum / grey.length;
  const contrast = Math.sqrt(Math.max(0, squares / grey.length - lightness ** 2));
  return { seconds, tiles, lightness, contrast, detail: contrast < 1 ? 0 : edges(grey, width, height) / contrast };
}

function edges(grey: Float32Array, width: number, height: number): number {
  let [sum, count] = [0, 0];
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      sum += (grey[i - 1]! + grey[i + 1]! + grey[i - width]! + grey[i + width]! - 4 * grey[i]!) ** 2;
      count++;
    }
  }
  return count === 0 ? 0 : Math.sqrt(sum / count);
}

/**
 * The looks that stand for a film: of each scene the one nearest to its middle that is neither black nor blurred. Where there
 * are more scenes than `most`, the longest of each of `most` equal stretches. A film that is black or blurred throughout has
 * its look of most contrast.
 *
 * @param looks at about even distances, by time
 * @returns indices, rising; none only where there are no looks
 */
export function chooseScenes(looks: readonly Look[], most: number): number[] {
  if (looks.length === 0) return [];
  const typical = median(looks.filter((look) => !isBlack(look) && look.contrast > FLAT).map(({ detail }) => detail));
  const isBlurred = ({ contrast, detail }: Look) => contrast > FLAT && detail < BLURRED * typical;
  const usable = looks.map((look) => !isBlack(look) && !isBlurred(look));
  const gap = looks.length < 2 ? 0 : (looks.at(-1)!.seconds - looks[0]!.seconds) / (looks.length - 1);
  const scenes = scenesOf(looks, usable, gap);
  if (scenes.length === 0) return [looks.reduce((best, { contrast }, i) => (contrast > looks[best]!.contrast ? i : best), 0)];
  const lasting = gap > CLOSE_LOOKS ? scenes : scenes.filter((scene) => scene.length > 1);
  return spread(lasting.length === 0 ? scenes : lasting, looks, most).map((scene) => scene[Math.floor(scene.length / 2)]!);
}

/** Usable looks that follow each other and resemble the first of them; what is not usable parts scenes, too. */
function scenesOf(looks: readonly Look[], usable: readonly boolean[], gap: number): number[][] {
  const scenes: number[][] = [];
  let scene: number[] = [];
  const longest = Math.max(1, gap > 0 ? Math.floor(LONGEST_SCENE / gap) : looks.length);
  looks.forEach((look, i) => {
    if (!usable[i]) {
      scene = [];
      return;
    }
    const first = scene[0];
    if (first === undefined || scene.length >= longest || difference(look, looks[first]!) > CUT) {
      scene = [];
      scenes.push(scene);
    }
    scene.push(i);
  });
  return scenes;
}

function spread(scenes: readonly number[][], looks: readonly Look[], most: number): readonly number[][] {
  if (scenes.length <= most) return scenes;
  const begin = looks[0]!.seconds;
  const whole = looks.at(-1)!.seconds - begin || 1;
  const stretches = Map.groupBy(scenes, ([first]) => Math.min(most - 1, Math.floor(((looks[first!]!.seconds - begin) / whole) * most)));
  return [...stretches.values()].map((alike) => alike.reduce((best, scene) => (scene.length > best.length ? scene : best)));
}

export const isBlack = ({ lightness, contrast }: Look): boolean => lightness < BLACK.lightness && contrast < BLACK.contrast;

function difference(a: Look, b: Look): number {
  let sum = 0;
  for (let i = 0; i < a.tiles.length; i++) sum += Math.abs(a.tiles[i]! - b.tiles[i]!);
  return sum / a.tiles.length;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
