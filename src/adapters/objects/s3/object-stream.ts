import { Readable } from 'node:stream';

/**
 * The body of a download. It fails where nothing comes for `stall` milliseconds while somebody waits; a reader that takes
 * its time fails nothing. Failures are told in the words that `translate` gives them.
 */
export class ObjectStream extends Readable {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly source: Readable,
    private readonly stall: number,
    private readonly translate: (error: unknown) => unknown,
  ) {
    super({ highWaterMark: 1 << 18 });
    source.pause();
    source.on('data', (chunk: Buffer) => {
      clearTimeout(this.#timer);
      if (this.push(chunk)) this.#expect();
      else source.pause();
    });
    source.once('end', () => {
      clearTimeout(this.#timer);
      this.push(null);
    });
    source.on('error', (error) => this.#fail(error));
    source.once('close', () => {
      if (!source.readableEnded) this.#fail(new Error('The connection was closed before the end of the object.'));
    });
  }

  override _read(): void {
    this.#expect();
    this.source.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#timer);
    this.source.destroy();
    done(error);
  }

  #expect(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fail(new Error(`No bytes came for ${this.stall} ms.`)), this.stall);
  }

  #fail(error: Error): void {
    if (!this.destroyed) this.destroy(this.translate(error) as Error);
  }
}
