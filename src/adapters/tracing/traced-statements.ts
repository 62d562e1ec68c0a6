import {
  ATTR_DB_OPERATION_NAME, ATTR_DB_QUERY_TEXT, ATTR_DB_RESPONSE_STATUS_CODE, ATTR_DB_SYSTEM_NAME, DB_SYSTEM_NAME_VALUE_POSTGRESQL,
} from '@opentelemetry/semantic-conventions';
import type { Tracer } from '../../ports/tracer.port.js';

/** Whoever sends statements and tells of each as it goes out; the answer, where there is one, is called when it has come back. */
export interface StatementSource {
  onStatement(listener: (text: string) => ((error?: unknown) => void) | undefined): () => void;
}

const MAX_TEXT = 2_000;

/** One span a statement that is sent within a span; what the program does by the clock makes no traces. @returns what ends it */
export function traceStatements(source: StatementSource, tracer: Tracer): () => void {
  return source.onStatement((text) => {
    const parent = tracer.current();
    if (parent === null) return undefined;
    const operation = operationOf(text);
    const attributes = { [ATTR_DB_SYSTEM_NAME]: DB_SYSTEM_NAME_VALUE_POSTGRESQL, [ATTR_DB_OPERATION_NAME]: operation, [ATTR_DB_QUERY_TEXT]: withoutValues(text) };
    const span = tracer.start(`SQL ${operation}`, { kind: 'client', parent, attributes });
    return (error) => {
      // PostgreSQL's own errors have a severity; a connection's have codes of the operating system.
      const { code, severity } = (error ?? {}) as { code?: unknown; severity?: unknown };
      if (typeof code === 'string' && severity !== undefined) span.set({ [ATTR_DB_RESPONSE_STATUS_CODE]: code });
      span.end(error);
    };
  });
}

/** The first word: few and known, fit for a name. */
const operationOf = (text: string): string => /^[\s(]*(?:--[^\n]*\n\s*)*([a-z]+)/i.exec(text)?.[1]?.toUpperCase() ?? 'statement';

/** Parameters are not in the text; what was written into it in quotes goes out, too. */
export function withoutValues(text: string): string {
  const bare = text
    .slice(0, 4 * MAX_TEXT)
    .replace(/\$([a-z_]*)\$[^]*?(?:\$\1\$|$)/gi, '?')
    .replace(/'(?:[^']|'')*(?:'|$)/g, '?')
    .replace(/\s+/g, ' ')
    .trim();
  return bare.length > MAX_TEXT ? `${bare.slice(0, MAX_TEXT)}…` : bare;
}
