import { StrataError } from '../../domain/errors.js';

/**
 * What a store answers again and again until a person has changed something. That it is the store's word, and no caller's fault, is
 * told by `extensions.dependency`.
 */
const refusal = (code: 'CONFLICT' | 'NOT_CONFIGURED', message: string, extensions: Record<string, string>, cause?: unknown) =>
  new StrataError(code, message, { extensions: { dependency: 'vectors', ...extensions }, cause });

/** What the store holds is in the way. */
export const inTheWay = (message: string): StrataError => refusal('CONFLICT', message, {});

/** @param feature the store by its name @param setting the one that is wrong, or whose place is */
export const wrongSetting = (feature: string, setting: string, message: string, cause?: unknown): StrataError =>
  refusal('NOT_CONFIGURED', message, { feature, setting }, cause);
