import { expect, it } from 'vitest';
import { usesOf } from '../../../src/cli/commands/models-list.js';
import type { ModelChangePhase } from '../../../src/cli/generated/graphql.js';

const written = { active: true, searched: false };
const searched = { active: true, searched: true };
const neither = { active: false, searched: false };

it.each<[ModelChangePhase | null, { active: boolean; searched: boolean }, string[], { active: boolean; searched: boolean }, string[]]>([
  [null, searched, ['searched', 'written'], neither, []],
  ['BACKFILLING', searched, ['searched', 'written'], written, ['filling']],
  ['READY', searched, ['searched', 'written'], written, ['written']],
  ['CUT_OVER', written, ['written', 'old'], searched, ['searched', 'written']],
  ['ROLLED_BACK', searched, ['searched', 'written'], written, ['written']],
  ['CLEANING', neither, ['old'], searched, ['searched', 'written']],
  ['CLEANED', neither, [], searched, ['searched', 'written']],
  ['ABORTING', searched, ['searched', 'written'], neither, ['old']],
  ['ABORTED', searched, ['searched', 'written'], neither, []],
])('in the phase %s the list says what the former and the new model are used for', (phase, from, ofFormer, to, ofNew) => {
  const change = phase && { from: 'former', to: 'new', phase };
  expect(usesOf({ name: 'former', ...from }, change)).toEqual(ofFormer);
  expect(usesOf({ name: 'new', ...to }, change)).toEqual(ofNew);
  expect(usesOf({ name: 'another', ...neither }, change)).toEqual([]);
});
