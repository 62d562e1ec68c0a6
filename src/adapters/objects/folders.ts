import { mkdir, rmdir } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { syncFolder } from '../sync-folder.js';
import { codeOf } from './file-errors.js';

const REMEMBERED = 10_000;

/**
 * Folders below one root: made so that they survive a power cut, and removed when they are empty, beside writers that are
 * just about to use them. One process at a time may look after a root.
 */
export class Folders {
  /** Made, with their entry in the folder above on disk. Forgetting one costs an fsync, no more. */
  readonly #durable = new Set<string>();
  readonly #making = new Map<string, Promise<void>>();
  readonly #pruning = new Map<string, Promise<void>>();
  readonly #users = new Map<string, number>();
  readonly #syncs = new Map<string, { done: Promise<void>; next?: Promise<void> }>();

  constructor(readonly root: string) {}

  /** Runs `work` with the folders there and staying. Found missing on the way (someone tidied up by hand), they are made anew, once. */
  async use<Result>(folders: readonly string[], work: () => Promise<Result>): Promise<Result> {
    const chain = [...new Set(folders.flatMap((folder) => this.#chain(folder)))];
    const pruned = () => chain.map((folder) => this.#pruning.get(folder)).filter((promise) => promise !== undefined);
    while (pruned().length > 0) await Promise.all(pruned());
    // From the last look to here nothing was awaited, so no pruning can have begun between.
    for (const folder of chain) this.#users.set(folder, (this.#users.get(folder) ?? 0) + 1);
    try {
      await this.#make(folders);
      return await work().catch(async (error: unknown) => {
        if (codeOf(error) !== 'ENOENT') throw error;
        for (const folder of chain) this.#durable.delete(folder);
        await this.#make(folders);
        return work();
      });
    } finally {
      for (const folder of chain) {
        const left = this.#users.get(folder)! - 1;
        if (left === 0) this.#users.delete(folder);
        else this.#users.set(folder, left);
      }
    }
  }

  /**
   * Brings a folder's entries to disk. Callers that come while one fsync runs share the next: theirs may have begun
   * before what they changed.
   */
  sync(folder: string): Promise<void> {
    const current = this.#syncs.get(folder);
    if (current === undefined) return this.#startSync(folder);
    const next = () => this.#startSync(folder);
    return (current.next ??= current.done.then(next, next));
  }

  /** Removes the folder and those above it, as far as they are empty and nobody uses them. Answers the first that stays. */
  async prune(folder: string): Promise<string> {
    let current = folder;
    while (current !== this.root && !this.#users.has(current) && !this.#pruning.has(current)) {
      this.#durable.delete(current);
      const removal = rmdir(current);
      const settled = removal.then(
        () => undefined,
        () => undefined,
      );
      this.#pruning.set(current, settled);
      try {
        await removal;
      } catch (error) {
        if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(codeOf(error) ?? '')) break;
        // Gone already: the one above may still be empty.
        if (codeOf(error) !== 'ENOENT') throw error;
      } finally {
        this.#pruning.delete(current);
      }
      current = dirname(current);
    }
    return current;
  }

  async #make(folders: readonly string[]): Promise<void> {
    await Promise.all(folders.map((folder) => this.#makeOne(folder)));
  }

  #makeOne(folder: string): Promise<void> {
    if (folder === this.root || this.#durable.has(folder)) return Promise.resolve();
    const underway = this.#making.get(folder);
    if (underway !== undefined) return underway;
    const making = this.#makeBelow(dirname(folder), folder).finally(() => this.#making.delete(folder));
    this.#making.set(folder, making);
    return making;
  }

  async #makeBelow(parent: string, folder: string): Promise<void> {
    await this.#makeOne(parent);
    await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
    await this.sync(parent);
    this.#durable.add(folder);
    if (this.#durable.size > REMEMBERED) this.#durable.delete(this.#durable.values().next().value!);
  }

  /** The folder and those above it, without the root. */
  #chain(folder: string): string[] {
    const chain: string[] = [];
    for (let current = folder; current !== this.root && current.startsWith(this.root + sep); current = dirname(current))
      chain.push(current);
    return chain;
  }

  #startSync(folder: string): Promise<void> {
    const current: { done: Promise<void>; next?: Promise<void> } = { done: syncFolder(folder) };
    this.#syncs.set(folder, current);
    const forget = () => {
      if (current.next === undefined) this.#syncs.delete(folder);
    };
    current.done.then(forget, forget);
    return current.done;
  }
}
