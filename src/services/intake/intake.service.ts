import type { Viewer } from '../../domain/model.js';
import type { Transaction } from '../../ports/database.port.js';
import type { SagaRunner } from '../sagas/saga-runner.js';
import type { SagaDefinition } from '../sagas/saga.js';
import type { ObjectCache } from '../objects/object-cache.js';
import { announceChanges } from '../shared/changes.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { BlobKeeper } from '../storage/blob-keeper.js';
import { intakeSaga, ReservationLost, tooManyCollisions, type Admitted, type IncomingContent, type IntakeContext, type IntakePayload } from './intake.saga.js';

/** Losing a race needs a deletion of the same content at the same moment; five in a row do not happen by chance. */
const MAX_TRIES = 5;

/** The one door: whatever comes in, by upload or as text, becomes bytes, rows, a job and an event here. */
export class IntakeService {
  private readonly saga: SagaDefinition<IntakePayload, IntakeContext>;

  constructor(
    private readonly deps: Pick<ServiceDependencies, 'database' | 'objectStore' | 'vectors' | 'keywords' | 'queue' | 'events'>,
    private readonly sagas: SagaRunner,
    objectCache: ObjectCache,
  ) {
    this.saga = intakeSaga({ ...deps, objectCache }, new BlobKeeper(deps));
    sagas.register(this.saga);
  }

  /**
   * Admits contents that no live object has as far as the caller knows; contents must be distinct. A fixed number of
   * statements, however many. @returns one entry a content, in no particular order
   */
  async admit(
    viewer: Viewer,
    contents: readonly IncomingContent[],
    hooks: { write(contents: readonly IncomingContent[]): Promise<void>; onCommit?(tx: Transaction, admitted: readonly Admitted[]): Promise<void> },
  ): Promise<Map<string, Admitted>> {
    for (let tries = 1; ; tries += 1) {
      const context: IntakeContext = {
        viewer, contents, write: hooks.write, onCommit: hooks.onCommit ?? (async () => undefined), reservations: new Map(), admitted: [],
      };
      try {
        await this.sagas.run(this.saga, viewer.tenantId, { hashes: contents.map((content) => content.contentHash), incarnations: {}, replaced: [] }, context);
      } catch (error) {
        if (!(error instanceof ReservationLost)) throw error;
        if (tries >= MAX_TRIES) throw tooManyCollisions(error);
        continue;
      }
      announceChanges(this.deps.events, viewer.tenantId);
      this.deps.queue.wake('ingest');
      return new Map(context.admitted.map((admitted) => [admitted.object.contentHash, admitted]));
    }
  }
}
