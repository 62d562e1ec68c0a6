import { notConfigured, StrataError } from '../../domain/errors.js';
import type { MatchCosines } from '../../domain/match-cosines.js';
import type {
  Embedder,
  EmbeddingModel,
  EmbedMediaOptions,
  EmbedOptions,
  MediaSource,
  MediaVector,
  TextSpan,
  TextToSplit,
} from '../../ports/embedder.port.js';

/** What the configuration says in place of what the models say of themselves, by their names. */
export interface GivenCosines {
  duplicates?: ReadonlyMap<string, number>;
  matches?: ReadonlyMap<string, Partial<MatchCosines>>;
}

/** Several embedders as one: each model is served by the first part that lists it. */
export class CompositeEmbedder implements Embedder {
  private readonly owners = new Map<string, Embedder>();
  private readonly known: readonly EmbeddingModel[];

  /**
   * @param named models that are listed even where no part has them; using one says what is missing
   */
  constructor(
    private readonly parts: readonly Embedder[],
    named: readonly EmbeddingModel[] = [],
    given: GivenCosines = {},
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
    this.known = [...models.values()].map((model) => ({
      ...model,
      duplicateCosine: given.duplicates?.get(model.name) ?? model.duplicateCosine,
      matchCosines: { ...model.matchCosines, ...given.matches?.get(model.name) },
    }));
  }

  models(): readonly EmbeddingModel[] {
    return this.known;
  }

  async embedTexts(model: string, texts: readonly string[], options?: EmbedOptions): Promise<Float32Array[]> {
    return this.ownerOf(model).embedTexts(model, texts, options);
  }

  async embedMedia(model: string, source: MediaSource, options?: EmbedMediaOptions): Promise<MediaVector[]> {
    return this.ownerOf(model).embedMedia(model, source, options);
  }

  async embedMediaForAll(models: readonly string[], source: MediaSource, options?: EmbedMediaOptions): Promise<MediaVector[][]> {
    const byOwner = Map.groupBy(models, (model) => this.ownerOf(model));
    const found = new Map<string, MediaVector[]>();
    await Promise.all(
      [...byOwner].map(async ([owner, own]) => {
        const vectors = await owner.embedMediaForAll(own, source, options);
        own.forEach((model, i) => found.set(model, vectors[i]!));
      }),
    );
    return models.map((model) => found.get(model)!);
  }

  async splitPassages(
    model: string,
    texts: readonly TextToSplit[],
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
    const { fault, setting = 'embedding.models' } = this.known.find((model) => model.name === name) ?? {};
    if (fault !== undefined) throw new StrataError('NOT_CONFIGURED', fault, { extensions: { feature: `The embedding model "${name}"`, setting } });
    throw notConfigured(`The embedding model "${name}"`, setting);
  }
}
