import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarize, textSummary } from '../../../../src/services/annotators/text-summary.js';

const TOPIC = [
  'Otters live along clean rivers and hunt fish at night.',
  'The weather was mild on Tuesday and nobody carried an umbrella.',
  'A river with many fish can feed several otters in a single valley.',
  'Tickets for the village concert cost twelve pounds.',
  'When fish vanish from a river, its otters leave the valley at night.',
  'My uncle collects brass door handles from demolished theatres.',
];

describe('summary', () => {
  it('takes the sentences that share the topic, in the order of the text', () => {
    expect(summarize(TOPIC.join(' '))).toBe([TOPIC[0], TOPIC[2], TOPIC[4]].join(' '));
  });

  it('does not say the same twice', () => {
    const [sentence] = TOPIC;
    expect(summarize(`${sentence} ${sentence} ${sentence}`)).toBe(sentence);
  });

  it('passes over headings, list marks and rows of tables', () => {
    const summary = summarize(
      `# Otters\n\n- ${TOPIC[0]}\n\n| fish | river | otters | valley |\n|---|---|---|---|\n\n${TOPIC[2]}`,
    );
    expect(summary).toBe(`${TOPIC[0]} ${TOPIC[2]}`);
  });

  it('shows how a text without sentences begins', () => {
    expect(summarize('a,b\n1,2')).toBe('a,b 1,2');
    expect(summarize('id;name '.repeat(100))).toMatch(/^id;name .*…$/);
  });

  it('is bounded for any text, made of its own sentences, always the same', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.lorem({ maxCount: 60, mode: 'sentences' }), fc.string({ unit: 'grapheme', maxLength: 1000 })),
        (text) => {
          const summary = summarize(text);
          expect(summary.length).toBeLessThanOrEqual(710);
          expect(summary === '').toBe(text.trim() === '');
          expect(summarize(text)).toBe(summary);
        },
      ),
    );
  });

  it('looks at the beginning of a huge text alone', () => {
    const huge = `${TOPIC.join(' ')} `.repeat(200);
    expect(summarize(huge)).toBe(summarize(huge + 'Zebras graze on the savannah under acacia trees. '.repeat(10_000)));
  });

  it('annotates as a summary, or not at all', () => {
    expect(textSummary).toMatchObject({ name: 'summary', version: 1, type: 'SUMMARY' });
    expect(textSummary.annotate(TOPIC[0]!)).toEqual({ content: { text: TOPIC[0] }, confidence: null });
    expect(textSummary.annotate(' \n')).toBeNull();
  });
});
