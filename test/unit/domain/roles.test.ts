import { describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../../../src/domain/model.js';
import { hasRole, requireRole } from '../../../src/domain/roles.js';

const viewer = (role: Role) => ({ id: 'a', tenantId: 't', role });

describe('roles', () => {
  it('include those before them and no more', () => {
    const table = ROLES.map((role) => ROLES.map((needed) => hasRole(viewer(role), needed)));
    expect(table).toEqual([
      [true, false, false, false],
      [true, true, false, false],
      [true, true, true, false],
      [true, true, true, true],
    ]);
  });

  it('are asked for by name', () => {
    expect(() => requireRole(viewer('admin'), 'editor')).not.toThrow();
    expect(() => requireRole(viewer('annotator'), 'editor')).toThrow(
      'This takes the role editor or a higher one; your key has the role annotator.',
    );
    expect(() => requireRole(viewer('editor'), 'admin')).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
  });

  it('that are unknown allow nothing', () => {
    expect(hasRole(viewer('owner' as Role), 'reader')).toBe(false);
  });
});
