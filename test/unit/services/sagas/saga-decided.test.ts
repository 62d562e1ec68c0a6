import { describe, expect, it } from 'vitest';

import { definition, ONE_ROUND, setUp, start } from './saga-world.js';

describe('a saga that goes well', () => {
  it('runs its steps in order and is done', async () => {
    const { world, sagas, make, saga } = setUp();
    expect(await make().run(saga, 'tenant', start, null)).toEqual({ trail: ['one', 'two', 'pivot', 'three', 'four'] });
    expect(world.log).toEqual(['one', 'two', 'pivot', 'three', 'four']);
    expect(sagas.only.saga).toMatchObject({ status: 'DONE', tenantId: 'tenant', kind: 'test', attempts: 0 });
    expect(start.trail).toEqual([]);
  });

  it('records each intent before its effect', async () => {
    const { world, sagas, make, saga } = setUp();
    sagas.onWrite = (what) => world.log.push(what);
    await make().run(saga, 'tenant', start, null);
    expect(world.log).toEqual(['insert', 'one', 'save', 'two', 'pivot', 'save', 'three', 'four', 'save']);
  });

  it('says where it is between every two steps', async () => {
    const { make, saga } = setUp();
    const places: string[] = [];
    await make(({ step: name, moment }) => void places.push(`${moment} ${name}`)).run(saga, 'tenant', start, null);
    expect(places).toEqual(['one', 'two', 'pivot', 'three', 'four'].flatMap((name) => [`before ${name}`, `after ${name}`]));
  });
});

describe('a step behind the pivot that fails', () => {
  it('is repeated, and the caller hears nothing of it', async () => {
    const { world, sagas, make, saga } = setUp({ three: 2 });
    expect((await make().run(saga, 'tenant', start, null)).trail).toContain('four');
    expect(world.log).toEqual(['one', 'two', 'pivot', 'three', 'three', 'three', 'four']);
    expect(sagas.only.saga.status).toBe('DONE');
  });

  it('is completed by the next round, which does not repeat what was done', async () => {
    const { world, sagas, make, saga } = setUp({ four: ONE_ROUND });
    const runner = make();
    await runner.run(saga, 'tenant', start, null);
    expect(sagas.only.saga).toMatchObject({ status: 'RUNNING', attempts: 1, lastError: 'four failed' });
    sagas.now += 61;
    world.log.length = 0;
    await runner.recover({ everyOwner: false });
    expect(world.log).toEqual(['four']);
    expect(sagas.only.saga).toMatchObject({ status: 'DONE', payload: { trail: ['one', 'two', 'pivot', 'three', 'four'] } });
  });
});

describe('a commit whose answer is lost', () => {
  it('counts as what is recorded: the saga goes on, and nothing is undone', async () => {
    const { world, sagas, make, saga } = setUp();
    sagas.commit = 'answer lost';
    expect((await make().run(saga, 'tenant', start, null)).trail).toEqual(['one', 'two', 'pivot', 'three', 'four']);
    expect(world.log).not.toContain('undo two');
    expect(sagas.only.saga.status).toBe('DONE');
  });

  it('counts so for a saga that begins with its pivot, too', async () => {
    const { world, sagas, make } = setUp();
    const short = { ...definition(world, 'short'), steps: definition(world).steps.slice(2) };
    const runner = make();
    runner.register(short);
    sagas.commit = 'answer lost';
    expect((await runner.run(short, 'tenant', start, null)).trail).toEqual(['pivot', 'three', 'four']);
    expect(sagas.only.saga.status).toBe('DONE');
  });

  it('is undone where the commit did fail', async () => {
    const { world, sagas, make, saga } = setUp();
    sagas.commit = 'fails';
    await expect(make().run(saga, 'tenant', start, null)).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
    expect(world.log).toEqual(['one', 'two', 'pivot', 'undo two', 'undo one']);
    expect(sagas.only.saga.status).toBe('COMPENSATED');
  });
});
