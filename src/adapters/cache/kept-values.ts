import { LRUCache } from 'lru-cache';

export interface KeptValuesOptions {
  /** 0 keeps nothing. */
  maxSizeMb: number;
  /** Milliseconds of a clock that only goes forward. */
  now?: () => number;
}

/** What an entry takes beside its text and its key: buffer, list and map entries, roughly. */
const OVERHEAD_BYTES = 300;

/**
 * Texts of one process by key, those not used for longest given up first. They are kept in UTF-8 outside of the JavaScript
 * heap: their size is known to the byte, and a large cache does not slow the garbage collector down.
 */
export class KeptValues {
  readonly #entries: LRUCache<string, Buffer> | null;

  constructor({ maxSizeMb, now }: KeptValuesOptions) {
    this.#entries =
      maxSizeMb === 0
        ? null
        : new LRUCache({
            maxSize: maxSizeMb * 2 ** 20,
            sizeCalculation: (value, key) => value.byteLength + 2 * key.length + OVERHEAD_BYTES,
            ...(now === undefined ? {} : { perf: { now } }),
            ttlResolution: 0,
          });
  }

  get sizeBytes(): number {
    return this.#entries?.calculatedSize ?? 0;
  }

  get(key: string): string | undefined {
    return this.#entries?.get(key)?.toString();
  }

  /** @param ttlSeconds 0 or less: what was there goes, and nothing takes its place */
  set(key: string, text: string, ttlSeconds: number): void {
    if (ttlSeconds <= 0) return this.delete(key);
    // Not Buffer.from, whose small results are slices that keep a larger block alive.
    const buffer = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
    buffer.write(text);
    this.#entries?.set(key, buffer, { ttl: ttlSeconds * 1_000 });
  }

  delete(key: string): void {
    this.#entries?.delete(key);
  }

  deleteWhere(concerns: (key: string) => boolean): void {
    for (const key of [...(this.#entries?.keys() ?? [])]) if (concerns(key)) this.#entries!.delete(key);
  }

  clear(): void {
    this.#entries?.clear();
  }
}

/** null for what JSON has no word for, which is not kept. */
export const written = (value: unknown): string | null => (JSON.stringify(value) as string | undefined) ?? null;

export const parsed = <T>(text: string | null): T => (text === null ? undefined : JSON.parse(text)) as T;
