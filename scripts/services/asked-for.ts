import { SERVICE_NAMES, type ServiceName } from '../../test/support/services.js';

/** `redis,s3`; all of them where nothing is said. */
export function askedFor(only: string | undefined): ServiceName[] {
  if (only === undefined) return [...SERVICE_NAMES];
  return only.split(',').map((given) => {
    const name = SERVICE_NAMES.find((known) => known === given.trim());
    if (name === undefined) throw new Error(`There is no service ${given}; there are ${SERVICE_NAMES.join(', ')}.`);
    return name;
  });
}
