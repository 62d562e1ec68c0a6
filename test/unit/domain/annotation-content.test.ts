import { describe, expect, it } from 'vitest';
import { requireAnnotationContent, requireConfidence } from '../../../src/domain/annotation-content.js';
import { isStrataError } from '../../../src/domain/errors.js';
import type { AnnotationType, Json } from '../../../src/domain/model.js';

function pathOf(work: () => void): string | null {
  try {
    work();
  } catch (error) {
    if (isStrataError(error) && error.code === 'BAD_USER_INPUT') return error.path.join('.');
    throw error;
  }
  return null;
}
const check = (type: AnnotationType, content: Json) => pathOf(() => requireAnnotationContent(type, content, ['content']));
const box = { label: 'cat', x: 0.1, y: 0, width: 0.9, height: 1 };

describe('requireAnnotationContent', () => {
  it.each<[AnnotationType, Json]>([
    ['CLASSIFICATION', { labels: [{ label: 'cat', score: 1 }, { label: 'dog' }, { label: 'owl', score: null }] }],
    ['CLASSIFICATION', { labels: [], note: 'nothing in it' }],
    ['EXTRACTION', { entities: [{ text: 'Ada', type: 'person', start: 0, end: 3 }, { text: 'Kent', type: 'place' }] }],
    ['SUMMARY', { text: 'Short.' }],
    ['CAPTION', { text: 'A cat.', language: 'en' }],
    ['DETECTION', { boxes: [box, { ...box, x: 0.7, width: 0.1 + 0.2 }] }],
    ['TRANSCRIPTION', { segments: [{ start: 0, end: 1.5, text: 'Hello' }, { start: 1.5, end: 1.5, text: '' }] }],
    ['OTHER', {}],
  ])('takes a %s %j', (type, content) => expect(check(type, content)).toBeNull());

  it.each<[AnnotationType, Json, string]>([
    ['OTHER', ['a'], 'content'],
    ['OTHER', null, 'content'],
    ['OTHER', { a: 'x\0' }, 'content.a'],
    ['CLASSIFICATION', {}, 'content.labels'],
    ['CLASSIFICATION', { labels: 'cat' }, 'content.labels'],
    ['CLASSIFICATION', { labels: [{ label: 'a' }, 'cat'] }, 'content.labels.1'],
    ['CLASSIFICATION', { labels: [{ label: ' ' }] }, 'content.labels.0.label'],
    ['CLASSIFICATION', { labels: [{ label: 'a', score: 1.01 }] }, 'content.labels.0.score'],
    ['CLASSIFICATION', { labels: [{ label: 'a', score: '1' }] }, 'content.labels.0.score'],
    ['EXTRACTION', { entities: [{ text: 'Ada' }] }, 'content.entities.0.type'],
    ['EXTRACTION', { entities: [{ text: 'Ada', type: 'person', start: 3, end: 2 }] }, 'content.entities.0.end'],
    ['EXTRACTION', { entities: [{ text: 'Ada', type: 'person', start: 0.5 }] }, 'content.entities.0.start'],
    ['SUMMARY', { summary: 'x' }, 'content.text'],
    ['CAPTION', { text: '' }, 'content.text'],
    ['DETECTION', { boxes: [{ ...box, y: -0.1 }] }, 'content.boxes.0.y'],
    ['DETECTION', { boxes: [{ ...box, x: 0.2 }] }, 'content.boxes.0.width'],
    ['DETECTION', { boxes: [{ ...box, label: 3 }] }, 'content.boxes.0.label'],
    ['DETECTION', { boxes: [{ label: 'cat', x: 10, y: 10, width: 5, height: 5 }] }, 'content.boxes.0.x'],
    ['TRANSCRIPTION', { segments: [{ start: 2, end: 1, text: 'x' }] }, 'content.segments.0.end'],
    ['TRANSCRIPTION', { segments: [{ start: -1, end: 1, text: 'x' }] }, 'content.segments.0.start'],
    ['TRANSCRIPTION', { segments: [{ start: 0, end: 1 }] }, 'content.segments.0.text'],
  ])('refuses a %s %j at %s', (type, content, path) => expect(check(type, content)).toBe(path));
});

describe('requireConfidence', () => {
  it.each([[0, null], [1, null], [1.01, 'confidence'], [-0.01, 'confidence'], [Number.NaN, 'confidence']])('%d', (value, path) => {
    expect(pathOf(() => requireConfidence(value, ['confidence']))).toBe(path);
  });
});
