import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Json, JsonObject } from '../../../src/domain/model.js';
import { cuesOf } from '../../../src/domain/transcripts.js';

const json = fc.jsonValue() as fc.Arbitrary<Json>;

describe('the cues of a transcription', () => {
  it('are its segments, whatever else stands among them', () => {
    const segment = fc.record({ start: fc.nat(), end: fc.nat(), text: fc.string() });
    fc.assert(
      fc.property(fc.array(fc.oneof(segment.map((value) => ({ value, said: true })), fc.constantFrom<Json>(null, 3, 'said', [], { start: 1 }, { start: 1, end: 2, text: 3 }).map((value) => ({ value, said: false })))), (given) => {
        const said = given.filter((each) => each.said).map(({ value }) => value as { start: number; end: number; text: string });
        expect(cuesOf({ segments: given.map(({ value }) => value) })).toEqual(said.map(({ start, end, text }) => ({ startSeconds: start, endSeconds: end, text })));
      }),
    );
  });

  it('are none where the content has another shape', () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), json), (content: JsonObject) => {
      expect(cuesOf({ ...content, segments: 'none' })).toEqual([]);
    }));
    expect(cuesOf({})).toEqual([]);
  });
});
