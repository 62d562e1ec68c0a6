import { MemoryEventBus } from '../../src/adapters/events/memory.event-bus.js';
import { eventBusContract } from './event-bus.contract.js';

eventBusContract('memory', async () => {
  const bus = new MemoryEventBus();
  return { bus, settled: () => Promise.resolve(), close: () => bus.close() };
});
