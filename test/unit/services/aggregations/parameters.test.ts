import { describe, expect, it } from 'vitest';
import type { AggregationType, Json } from '../../../../src/domain/model.js';
import { readMetadataPath, readParameters } from '../../../../src/services/aggregations/parameters.js';

describe('readParameters', () => {
  it.each<[AggregationType, Json | undefined, Json]>([
    ['COUNT', undefined, {}],
    ['COUNT', null, {}],
    ['LABEL_HISTOGRAM', {}, { limit: 100 }],
    ['METADATA_STATISTICS', { path: 'a.b', limit: 1_000 }, { path: 'a.b', limit: 1_000 }],
    ['TIMELINE', { interval: 'week' }, { interval: 'week', field: 'createdAt' }],
    ['CUSTOM', { anything: [1] }, { anything: [1] }],
  ])('%s with %j is %j', (type, given, read) => expect(readParameters(type, given)).toEqual(read));

  it.each<[AggregationType, Json, string]>([
    ['COUNT', { limit: 1 }, 'input.parameters'],
    ['COUNT', [1], 'input.parameters'],
    ['LABEL_HISTOGRAM', { limit: 0 }, 'input.parameters.limit'],
    ['LABEL_HISTOGRAM', { limit: 1_001 }, 'input.parameters.limit'],
    ['LABEL_HISTOGRAM', { limits: 5 }, 'input.parameters'],
    ['METADATA_STATISTICS', {}, 'input.parameters.path'],
    ['METADATA_STATISTICS', { path: 1 }, 'input.parameters.path'],
    ['METADATA_STATISTICS', { path: 'x\0' }, 'input.parameters.path'],
    ['TIMELINE', { interval: 'century' }, 'input.parameters.interval'],
    ['TIMELINE', { field: 'filename' }, 'input.parameters.field'],
    ['CUSTOM', 'text', 'input.parameters'],
  ])('%s refuses %j at %s', (type, given, path) => {
    expect(() => readParameters(type, given)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT', path: path.split('.') }));
  });

  it('names an unknown key and the known ones', () => {
    expect(() => readParameters('TIMELINE', { step: 'day' })).toThrow(/"step" is none of "interval", "field"/);
  });

  it.each(['ANNOTATOR_AGREEMENT', 'CENTROID'] as const)('%s is not configured, and the error names it and the setting to come', (type) => {
    expect(() => readParameters(type, {})).toThrow(
      expect.objectContaining({ code: 'NOT_CONFIGURED', extensions: { feature: `The aggregation ${type}`, setting: `aggregations.${type.toLowerCase()}` } }),
    );
  });
});

describe('readMetadataPath', () => {
  it('splits at dots that are not escaped and refuses empty keys', () => {
    expect(readMetadataPath('camera.a\\.b')).toEqual(['camera', 'a.b']);
    expect(() => readMetadataPath('a..b')).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });
});
