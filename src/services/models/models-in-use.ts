import { v7 as uuidv7 } from 'uuid';
import { StrataError } from '../../domain/errors.js';
import type { ModelChange, ModelVersion } from '../../domain/model-change.js';
import type { Embedder, EmbeddingModel } from '../../ports/embedder.port.js';
import type { EventBus } from '../../ports/event-bus.port.js';
import type { Logger } from '../../ports/logger.port.js';
import type { ModelChangeRepository } from '../../ports/repositories/model-change.repository.port.js';
import { Hints } from '../events/hints.js';
import { keptModels, modelsWithRoles, otherRevision, type KeptModels } from './model-roles.js';

export interface ModelsInUseParts {
  modelChanges: ModelChangeRepository;
  events: EventBus;
  logger: Logger;
  /** `host:pid`. */
  processName: string;
}

/** Hints that the roles, or a change's progress, are others now. */
export const MODEL_CHANGE_CHANNEL = 'model change';
/** A hint may be lost. */
const LOOK_MS = 5_000;

/**
 * What this process uses its models for: which are written and which are searched is known to the database from the first change of
 * models on, and every process takes it up while it works. A search or an ingestion goes on with the models that it began with.
 */
export class ModelsInUse {
  readonly processId = uuidv7();
  /** The one that was given, whose models have the roles of this moment. */
  readonly embedder: Embedder;
  private known: readonly EmbeddingModel[];
  /** What this process has to have, or it is not ready. */
  private required: readonly ModelVersion[] = [];
  private kept: KeptModels = { names: [], waiting: [] };
  private parts: ModelsInUseParts | null = null;
  private looks: Promise<unknown> = Promise.resolve();
  private taken = 0;
  /** The change that was open when this was looked at last. */
  open: ModelChange | null = null;

  constructor(private readonly inner: Embedder) {
    this.known = inner.models().map((model) => ({ ...model, searched: model.active }));
    this.embedder = withModels(inner, () => this.known);
  }

  /** From here on the database says what the models are used for. */
  async connect(parts: ModelsInUseParts): Promise<void> {
    this.parts = parts;
    const { roles } = await parts.modelChanges.roles();
    this.kept = keptModels(this.inner.models(), roles, await parts.modelChanges.modelsWithVectors());
    for (const name of this.kept.waiting) {
      parts.logger.warn({ configured: name, inUse: this.kept.names }, `the configuration names another model than the vectors here are of; they go on being searched until "strata model-change start ${name}" has made new ones`);
    }
    await this.follow();
  }

  models(): readonly EmbeddingModel[] {
    return this.known;
  }

  /** Of the roles that this process has taken up. */
  get version(): number {
    return this.taken;
  }

  /** Takes up the roles as they are now. */
  follow(): Promise<void> {
    const look = this.looks.then(() => this.look());
    this.looks = look.catch(() => undefined);
    return look;
  }

  /** Tells the others to look. */
  announce(): void {
    this.parts?.events.publish(MODEL_CHANGE_CHANNEL, {});
  }

  /** Until the signal aborts: at each hint, and now and then; and says each time that this process is there. */
  async keepFollowing(signal: AbortSignal): Promise<void> {
    const { events, logger, modelChanges } = this.connected();
    const hints = new Hints(events, [MODEL_CHANGE_CHANNEL], logger);
    signal.addEventListener('abort', () => hints.close(), { once: true });
    while (!signal.aborted) {
      hints.take();
      try {
        await this.follow();
        await this.beat();
      } catch (error) {
        if (!signal.aborted) logger.warn({ error }, 'which models are in use cannot be seen now; it is looked at again');
      }
      await hints.wait(LOOK_MS);
      // A backfill hints often; roles are looked at twice a second at most.
      await hints.rest(500);
    }
    await modelChanges.leave(this.processId).catch(() => undefined); // the database is away: the row runs out by itself
  }

  /** @throws NOT_CONFIGURED where a model that is searched is not here, or is of another revision than the vectors: this process cannot answer what the others do */
  check(): Promise<void> {
    for (const role of this.required) {
      const model = this.known.find(({ name }) => name === role.name);
      const feature = `The embedding model "${role.name}"`;
      if (model?.available !== true) {
        const setting = model?.setting ?? 'embedding.models';
        return Promise.reject(new StrataError('NOT_CONFIGURED', `The installation was changed to "${role.name}", and this process does not have that model. Give it the model's files ("${setting}"), and restart it.`, { extensions: { feature, setting } }));
      }
      if (model.revision !== role.revision) return Promise.reject(new StrataError('NOT_CONFIGURED', otherRevision(role.name, role.revision, model.revision), { extensions: { feature, setting: model.setting } }));
    }
    return Promise.resolve();
  }

  private beat(): Promise<void> {
    const { modelChanges, processName: name } = this.connected();
    const models = Object.fromEntries(this.known.filter(({ available }) => available).map((model) => [model.name, model.revision]));
    return modelChanges.beat({ id: this.processId, name, models, version: this.taken });
  }

  private async look(): Promise<void> {
    const { modelChanges, logger } = this.connected();
    const seen = await modelChanges.roles();
    const { version, roles, open } = seen;
    if (version < this.taken) return;
    const before = new Set(this.known.filter(({ active }) => active).map(({ name }) => name));
    if (version !== this.taken) logger.info({ version, roles }, 'this process has taken up which models are in use');
    this.open = open;
    this.known = modelsWithRoles(this.inner.models(), seen, this.kept);
    const active = new Set(this.known.flatMap((model) => (model.active ? [model.name] : [])));
    this.required = [...seen.revisions.filter(({ name }) => active.has(name)), ...roles.filter(({ searched }) => searched)];
    this.taken = version;
    for (const model of this.known) if (model.active && model.readsWords && !before.has(model.name)) this.warm(model.name);
  }

  /** The first search after a cut-over shall not wait until the model is loaded. */
  private warm(name: string): void {
    this.inner.embedTexts(name, [name], { priority: 'query' }).catch((error: unknown) => {
      this.parts?.logger.warn({ error, model: name }, 'a model could not be loaded ahead; the next call tries again');
    });
  }

  private connected(): ModelsInUseParts {
    if (this.parts === null) throw new Error('The models are asked for their roles before the database is there.');
    return this.parts;
  }
}

function withModels(embedder: Embedder, models: () => readonly EmbeddingModel[]): Embedder {
  return new Proxy(embedder, {
    get(target, name) {
      if (name === 'models') return models;
      const part: unknown = Reflect.get(target, name, target);
      return typeof part === 'function' ? (part as (...args: unknown[]) => unknown).bind(target) : part;
    },
  });
}
