import { notConfigured } from '../../domain/errors.js';
import type {
  Embedder,
  EmbeddingModel,
  EmbedOptions,
  MediaSource,
  MediaVector,
  TextSpan,
} from '../../ports/embedder.port.js';

/** Several embedders as one: each model is served by the first part that lists it. */
export class CompositeEmbedder implements Embedder {
  private readonly owners = new Map<string, Embedder>();
  private readonly known: readonly EmbeddingModel[];

  /** @param named models that are listed even where no part has them; using one says what is missing */
  constructor(
    private readonly parts: readonly Embedder[],
    named: readonly EmbeddingModel[] = [],
  ) {
    const models = new Map<string, EmbeddingModel>();
    for (const part of parts) {
      for (const model of part.models()) {
        if (models.has(model.name)) continue;
        models.set(model.name, model);
        this.owners.set(model.name, part);
      }
    }
    for (const model of named) {
      if (!models.has(model.name)) models.set(model.name, { ...model, active: false, available: false });
    }
    this.known = [...models.values()];
  }

  models(): readonly EmbeddingModel[] {
    return this.known;
  }

  async embedTexts(model: string, texts: readonly string[], options?: EmbedOptions): Promise<Float32Array[]> {
    return this.ownerOf(model).embedTexts(model, texts, options);
  }

  async embedMedia(model: string, source: MediaSource, options?: EmbedOptions): Promise<MediaVector[]> {
    return this.ownerOf(model).embedMedia(model, source, options);
  }

  async splitPassages(
    model: string,
    texts: readonly { text: string; breaks?: readonly number[] }[],
    options?: { target?: number; overlap?: number } & EmbedOptions,
  ): Promise<TextSpan[][]> {
    return this.ownerOf(model).splitPassages(model, texts, options);
  }

  async close(): Promise<void> {
    await Promise.all(this.parts.map((part) => part.close()));
  }

  private ownerOf(name: string): Embedder {
    const owner = this.owners.get(name);
    if (owner) return owner;
    const setting = this.known.find((model) => model.name === name)?.setting ?? 'embedding.models';
    throw notConfigured(`The embedding model "${name}"`, setting);
  }
}
