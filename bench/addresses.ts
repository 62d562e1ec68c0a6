import { serviceAddress, type ServiceAddress, type ServiceName } from '../test/support/services.js';

/** Of a server that has been started for the measurement. */
export function addressOf(name: ServiceName): ServiceAddress {
  const address = serviceAddress(name);
  if (address === null) throw new Error(`This is measured over a server that is not there: ${name}.`);
  return address;
}
