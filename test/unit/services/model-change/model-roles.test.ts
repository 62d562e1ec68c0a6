import { describe, expect, it } from 'vitest';
import { MODEL_CHANGE_PHASES, rolesIn, type ModelChange } from '../../../../src/domain/model-change.js';
import type { EmbeddingModel } from '../../../../src/ports/embedder.port.js';
import { chooseModels, requireUse } from '../../../../src/services/model-change/model-choice.js';
import { keptModels, modelsWithRoles } from '../../../../src/services/models/model-roles.js';
import { modelForVector, requireModel } from '../../../../src/services/search/models-for-search.js';

const model = (name: string, parts: Partial<EmbeddingModel> = {}): EmbeddingModel => ({
  name, revision: '1', modalities: ['TEXT', 'DOCUMENT'], dimensions: 3, active: false, available: true, readsWords: true, defaultAlpha: null, duplicateCosine: null, setting: 'embedding.models',
  description: '', ...parts,
});
const OLD = model('old', { active: true });
const NEW = model('new');
const PICTURES = model('pictures', { active: true, modalities: ['IMAGE', 'VIDEO'], readsWords: false });
const NOBODY = { names: [], waiting: [] };
const change = (phase: ModelChange['phase']): ModelChange => ({
  id: 'c', from: OLD, to: NEW, phase, cursor: '', total: 10, done: 4, vectors: 4, failed: 0, problem: null, version: 1, startedBy: 'o', startedAt: new Date(0), readyAt: null,
  cutOverAt: null, rolledBackAt: null, endedAt: null,
});
const inPhase = (phase: ModelChange['phase']) => modelsWithRoles([OLD, NEW, PICTURES], { roles: rolesIn(phase, change(phase)), revisions: [], open: change(phase) }, NOBODY);
const named = (models: readonly EmbeddingModel[], which: 'active' | 'searched') => models.filter((each) => each[which]).map(({ name }) => name);

describe('the roles of two models', () => {
  it.each([
    ['BACKFILLING', ['old', 'new'], ['old']],
    ['READY', ['old', 'new'], ['old']],
    ['CUT_OVER', ['old', 'new'], ['new']],
    ['ROLLED_BACK', ['old', 'new'], ['old']],
    ['CLEANING', ['new'], ['new']],
    ['CLEANED', ['new'], ['new']],
    ['ABORTING', ['old'], ['old']],
    ['ABORTED', ['old'], ['old']],
  ] as const)('in %s: %j are written, and %j is searched', (phase, written, searched) => {
    expect(named(inPhase(phase), 'active')).toEqual([...written, 'pictures']);
    expect(named(inPhase(phase), 'searched')).toEqual([...searched, 'pictures']);
  });

  it('leave exactly one of them searched, in every phase, and that one is written', () => {
    for (const phase of MODEL_CHANGE_PHASES) {
      const pair = inPhase(phase).filter(({ name }) => name !== 'pictures');
      expect(pair.filter(({ searched }) => searched).length).toBe(1);
      expect(pair.filter(({ searched, active }) => searched === true && !active)).toEqual([]);
    }
  });

  it('let nobody search a space that is not complete, or is gone', () => {
    const ask = (phase: ModelChange['phase'], name: string) => () => requireModel(inPhase(phase), name, ['input', 'model'], { available: true }).name;
    expect(ask('BACKFILLING', 'new')).toThrow('not complete: a change to it is under way (4 of 10 objects)');
    expect(ask('READY', 'new')()).toBe('new');
    expect(ask('CUT_OVER', 'old')()).toBe('old');
    expect(ask('CLEANING', 'old')).toThrow('were taken out');
    expect(ask('CLEANED', 'old')).toThrow('were taken out');
    expect(ask('ABORTED', 'new')).toThrow('were taken out');
  });

  it('take a vector whose model is not said for nobody’s while two spaces of its length are written', () => {
    expect(() => modelForVector(inPhase('READY'), null, [1, 0, 0])).toThrow('Several models have 3 dimensions: "old", "new"');
    expect(modelForVector(inPhase('CLEANED'), null, [1, 0, 0]).name).toBe('new');
    const longer = modelsWithRoles([OLD, model('new', { dimensions: 4 })], { roles: rolesIn('READY', change('READY')), revisions: [], open: change('READY') }, NOBODY);
    expect(modelForVector(longer, null, [1, 0, 0]).name).toBe('old');
    expect(() => modelForVector(longer, null, [1, 0, 0, 0])).toThrow('which is not searched');
  });

  it('do not hold for other weights under the same name', () => {
    const [, changed] = modelsWithRoles([OLD, model('new', { revision: '2' })], { roles: rolesIn('CUT_OVER', change('CUT_OVER')), revisions: [], open: change('CUT_OVER') }, NOBODY);
    expect(changed).toMatchObject({ active: false, searched: false, unsearchable: expect.stringContaining('in the revision 1') as string });
  });
});

describe('vectors that another process has written with other files of a model', () => {
  const seen = { roles: [], revisions: [{ name: 'old', revision: '2' }], open: null };

  it('are not searched with the ones that are here; what is written is left to who has the others', () => {
    const [old, , pictures] = modelsWithRoles([OLD, NEW, PICTURES], seen, NOBODY);
    expect(old).toMatchObject({ active: true, searched: false, unsearchable: expect.stringContaining('in the revision 2, and the model\'s files are of 1') as string });
    expect(pictures).toMatchObject({ active: true, searched: true });
    expect(() => requireModel([old!], 'old', ['model'], { available: true })).toThrow('Vectors of two revisions are not compared');
  });
});

describe('a configuration that was changed by hand', () => {
  const configured = [model('old'), model('new', { active: true })];

  it('leaves the model in use whose vectors are here, until a change', () => {
    const kept = keptModels(configured, [], ['old']);
    expect(named(modelsWithRoles(configured, { roles: [], revisions: [], open: null }, kept), 'searched')).toEqual(['old']);
    expect(modelsWithRoles(configured, { roles: [], revisions: [], open: null }, kept)[1]!.unsearchable).toContain('strata model-change start new');
  });

  it('is obeyed where there are no vectors, or some of both', () => {
    for (const present of [[], ['new'], ['old', 'new']]) expect(named(modelsWithRoles(configured, { roles: [], revisions: [], open: null }, keptModels(configured, [], present)), 'searched')).toEqual(['new']);
  });

  it('does not count against what a change has decided', () => {
    const roles = rolesIn('CLEANED', change('CLEANED'));
    const stale = [OLD, NEW];
    expect(named(modelsWithRoles(stale, { roles, revisions: [], open: null }, keptModels(stale, roles, ['new'])), 'searched')).toEqual(['new']);
  });
});

describe('the models of a change', () => {
  const models = [OLD, NEW, PICTURES, model('clip', { modalities: ['IMAGE', 'VIDEO'] }), model('stills', { modalities: ['IMAGE'] }), model('away', { available: false }), model('afar', { available: false, remedy: 'Load it with "strata models pull afar".' }), model('torn', { available: false, fault: 'Its weights were cut off.' })];

  it('are found out by what they embed', () => {
    expect(chooseModels(models, { to: 'new' }).from?.name).toBe('old');
    expect(chooseModels(models, { to: 'clip' }).from?.name).toBe('pictures');
    expect(chooseModels(models, { to: 'clip', beside: true }).from).toBeNull();
  });

  it.each([
    [{ to: 'none' }, 'There is no model "none"'],
    [{ to: 'away' }, 'is not configured here. The setting "embedding.models" brings it.'],
    [{ to: 'afar' }, 'is not configured here. Load it with "strata models pull afar".'],
    [{ to: 'torn' }, 'Its weights were cut off.'],
    [{ to: 'new', from: 'new' }, 'is both'],
    [{ to: 'stills' }, 'does not embed VIDEO'],
    [{ to: 'clip', from: 'old' }, 'embed different things'],
    [{ to: 'clip', from: 'old', beside: true }, 'not both'],
  ])('%j is refused', (asked, says) => {
    expect(() => chooseModels(models, asked)).toThrow(says);
  });

  it('are to be in use, and not yet', () => {
    expect(() => requireUse({ from: null, to: OLD })).toThrow('in use already');
    expect(() => requireUse({ from: NEW, to: model('third') })).toThrow('is not in use');
  });
});
