import { randomUUID } from 'node:crypto';
import type { VectorRecord } from '../../src/ports/vector-store.port.js';
import { randomNumbers } from '../support/random-numbers.js';

/** More than any store looks at one by one without being told to. */
const VECTORS = 5_000;
const DIMENSIONS = 24;
const TOPICS = 100;
const LOTS = 1_000;
/** How far a vector lies from its topic, which has length 1. */
const SPREAD = 0.7;

export interface FilteredObject {
  lot: number;
  topic: number;
}

/** Vectors around topics, and what filters can tell of them: the topic, and a lot that has nothing to do with it. The same each time. */
export class FilteredVectors {
  private readonly random = randomNumbers(17);
  private readonly topics = Array.from({ length: TOPICS }, () => this.direction());
  readonly dimensions = DIMENSIONS;
  readonly objects = Array.from({ length: VECTORS * 0.8 }, (): FilteredObject => ({ lot: Math.floor(this.random() * LOTS), topic: Math.floor(this.random() * TOPICS) }));
  /** Every fourth object has two. */
  readonly vectors = Array.from({ length: VECTORS }, (_, i) => ({ object: i % this.objects.length, vector: this.near(this.objects[i % this.objects.length]!.topic) }));

  records(objectIds: readonly string[]): VectorRecord[] {
    return this.vectors.map(({ object, vector }) => ({ id: randomUUID(), objectId: objectIds[object]!, passageId: null, vector }));
  }

  near(topic: number): Float32Array {
    const away = this.direction();
    return unit(this.topics[topic]!.map((value, i) => value + SPREAD * away[i]!));
  }

  /** The topics by their likeness to a direction, the likest first. */
  byLikeness(query: Float32Array): number[] {
    const likeness = this.topics.map((topic) => product(topic, query));
    return likeness.map((_, topic) => topic).sort((a, b) => likeness[b]! - likeness[a]!);
  }

  /** Objects by their best vector, every one looked at. */
  nearest(query: Float32Array, matches: (object: FilteredObject, place: number) => boolean): number[] {
    const best = new Map<number, number>();
    for (const { object, vector } of this.vectors) {
      if (matches(this.objects[object]!, object)) best.set(object, Math.max(best.get(object) ?? -2, product(vector, query)));
    }
    return [...best].sort((a, b) => b[1] - a[1]).map(([object]) => object);
  }

  private direction(): Float32Array {
    const normal = () => Math.sqrt(-2 * Math.log(1 - this.random())) * Math.cos(2 * Math.PI * this.random());
    return unit(Float32Array.from({ length: DIMENSIONS }, normal));
  }
}

const product = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const unit = (vector: Float32Array) => vector.map((value) => value / Math.sqrt(product(vector, vector)));
