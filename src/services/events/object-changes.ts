import { cursorExpired, StrataError } from '../../domain/errors.js';
import type { ObjectFilter } from '../../domain/filters.js';
import type { ObjectChange } from '../../domain/operations.js';
import type { ChangeEvent } from '../../ports/repositories/ledger.repository.port.js';
import { changesChannel } from '../shared/changes.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { encodeChangeCursor } from './change-cursor.js';
import { matchingChanges } from './change-filter.js';
import { Hints } from './hints.js';
import { subscription } from './subscription.js';
import type { EventTiming } from './timing.js';

type Dependencies = Pick<ServiceDependencies, 'database' | 'events' | 'logger'>;

const PAGE = 500;

/**
 * A tenant's changes from behind `position`, oldest first. The rows are the queue: a page of them is all that is held,
 * whatever the consumer does. One that takes nothing through many writes, or falls out of what is kept, is closed with a code.
 */
export function followChanges(
  deps: Dependencies,
  tenantId: string,
  start: { position: string; filter: ObjectFilter | null; savedSearch: string | null },
  signal: AbortSignal,
  timing: EventTiming,
): AsyncIterable<ObjectChange> {
  return subscription<ObjectChange>(signal, async (outlet) => {
    let waiting = false;
    const hints = new Hints(deps.events, [changesChannel(tenantId)], deps.logger, (heard) => {
      if (waiting && heard > timing.patience) outlet.fail(tooSlow(timing));
    });
    outlet.onEnd(() => hints.close());

    let { position } = start;
    /** All that happened before this moment has been read. */
    let readUntil = Date.now();
    let look = timing.lookMs;
    while (!outlet.ended) {
      const looked = Date.now();
      if (looked - readUntil > timing.keepSeconds * 1_000) throw outOfReach();
      hints.take();
      const events = await deps.database.events.readAfter(tenantId, position, PAGE);
      for (const event of await matchingChanges(deps.database, tenantId, ofSearch(events, start.savedSearch), start.filter)) {
        hints.take();
        waiting = true;
        await outlet.push(toChange(event));
        waiting = false;
        if (outlet.ended) return;
      }
      const last = events.at(-1);
      position = last?.position ?? position;
      if (last !== undefined && events.length === PAGE) {
        readUntil = last.occurredAt.getTime();
        continue;
      }
      readUntil = looked;
      // A hint can be early: what it speaks of is told once no older transaction is under way. So look again soon, and then
      // ever later.
      look = (await hints.wait(look)) ? Math.max(1, timing.restMs) : Math.min(look * 2, timing.lookMs);
      await hints.rest(looked + timing.restMs - Date.now());
    }
  });
}

const toChange = (event: ChangeEvent): ObjectChange => ({
  cursor: encodeChangeCursor(event.tenantId, event.position), kind: event.kind, id: event.objectId, version: event.version, occurredAt: event.occurredAt,
  ...(event.matches == null ? {} : { savedSearches: event.matches }),
});

/** What one saved search found, with nothing of the others. */
function ofSearch(events: readonly ChangeEvent[], savedSearch: string | null): readonly ChangeEvent[] {
  if (savedSearch === null) return events;
  return events.flatMap((event) => {
    const matches = event.matches?.filter(({ id }) => id === savedSearch) ?? [];
    return matches.length === 0 ? [] : [{ ...event, matches }];
  });
}

const tooSlow = ({ patience }: EventTiming) =>
  new StrataError('RATE_LIMITED', `This subscription took nothing while more than ${patience} writes happened, and was closed. Subscribe again with "after" set to the last cursor that you got.`, {
    extensions: { retryable: true },
  });

const outOfReach = () => cursorExpired('This subscription fell behind by more than is kept, and was closed. Read the objects anew, then subscribe without "after".');
