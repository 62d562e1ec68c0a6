import 'reflect-metadata';
import { afterEach } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** Why the first attempt of a test failed that ran again. */
    firstAttempt?: string;
  }
}

afterEach(({ task }) => {
  const [first] = task.result?.errors ?? [];
  if ((task.result?.retryCount ?? 0) > 0 && first !== undefined) task.meta.firstAttempt = first.stack ?? first.message;
});
