import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

/** Keeps what a collector would be sent, and tells when something that is waited for has come. */
export class CollectedSpans implements SpanExporter {
  readonly all: ReadableSpan[] = [];
  private waiting: { wanted: (span: ReadableSpan) => boolean; found: (span: ReadableSpan) => void }[] = [];

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.all.push(...spans);
    this.waiting = this.waiting.filter(({ wanted, found }) => {
      const span = spans.find(wanted);
      if (span) found(span);
      return span === undefined;
    });
    done({ code: ExportResultCode.SUCCESS });
  }

  /** The first that is as wanted, had or to come. */
  async one(wanted: (span: ReadableSpan) => boolean): Promise<ReadableSpan> {
    return this.all.find(wanted) ?? new Promise((found) => this.waiting.push({ wanted, found }));
  }

  ofTrace(traceId: string): ReadableSpan[] {
    return this.all.filter((span) => traceOf(span) === traceId);
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }
}

export const traceOf = (span: ReadableSpan): string => span.spanContext().traceId;
export const idOf = (span: ReadableSpan): string => span.spanContext().spanId;
export const parentOf = (span: ReadableSpan): string | undefined => span.parentSpanContext?.spanId;

/** Names from the span itself up to the last of its forebears among `spans`. */
export function lineage(span: ReadableSpan, spans: readonly ReadableSpan[]): string[] {
  const byId = new Map(spans.map((each) => [idOf(each), each]));
  const names: string[] = [];
  for (let step: ReadableSpan | undefined = span; step; step = byId.get(parentOf(step) ?? '')) names.push(step.name);
  return names;
}
