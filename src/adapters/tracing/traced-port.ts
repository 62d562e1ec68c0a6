import type { SpanAttributes, Tracer } from '../../ports/tracer.port.js';

type Method = (...args: never[]) => unknown;
type Methods<Port> = { [Name in keyof Port as NonNullable<Port[Name]> extends Method ? Name : never]-?: NonNullable<Port[Name]> };

/** What is told of a call, by its method; a method that is not here is not followed. */
export type CallFacts<Port> = {
  readonly [Name in keyof Methods<Port>]?: Methods<Port>[Name] extends (...args: infer Args) => unknown ? (...args: Args) => SpanAttributes : never;
};

/**
 * The same port, whose calls are spans named `<part> <method>`, where they come from within a span. Everything else passes
 * through: properties, methods that are not named, and what an adapter has beyond its port.
 */
export function tracedPort<Port extends object>(port: Port, part: string, facts: CallFacts<Port>, tracer: Tracer): Port {
  const followed = new Map<PropertyKey, unknown>();
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      let wrapped = followed.get(name);
      if (wrapped === undefined) {
        const about = (facts as Record<PropertyKey, ((...args: unknown[]) => SpanAttributes) | undefined>)[name];
        // Bound, because private fields are the target's own.
        const call = (value as (...args: unknown[]) => unknown).bind(target);
        wrapped = about === undefined ? call : follow(`${part} ${String(name)}`, call, about, tracer);
        followed.set(name, wrapped);
      }
      return wrapped;
    },
  });
}

function follow(name: string, call: (...args: unknown[]) => unknown, about: (...args: unknown[]) => SpanAttributes, tracer: Tracer) {
  return (...args: unknown[]): unknown => {
    const parent = tracer.current();
    if (parent === null) return call(...args);
    return tracer.during(name, { kind: 'client', parent, attributes: about(...args) }, async () => call(...args));
  };
}
