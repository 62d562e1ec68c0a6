import { describe, expect, it } from 'vitest';
import { planUpload, sizeOfPart } from '../../../../src/services/uploads/upload-plan.js';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const HOUR = 3_600;
const anyPart = { minPartSize: 1 };

describe('the plan of an upload', () => {
  it('is one PUT within an hour up to 64 MiB, and parts of 16 MiB within seven days above', () => {
    expect(planUpload(64 * MIB, anyPart)).toEqual({ partSize: null, partCount: 0, validFor: HOUR });
    expect(planUpload(64 * MIB + 1, anyPart)).toEqual({ partSize: 16 * MIB, partCount: 5, validFor: 7 * 24 * HOUR });
    expect(sizeOfPart(64 * MIB + 1, 16 * MIB, 5)).toBe(1);
  });

  it('has at most 10,000 parts, each of whole MiB', () => {
    const largest = planUpload(5 * 1024 * GIB, anyPart);
    expect(largest).toMatchObject({ partSize: 525 * MIB, partCount: 9_987 });
    expect(planUpload(10_000 * 16 * MIB, anyPart)).toMatchObject({ partSize: 16 * MIB, partCount: 10_000 });
    expect(planUpload(10_000 * 16 * MIB + 1, anyPart)).toMatchObject({ partSize: 17 * MIB, partCount: 9_412 });
  });

  it('has no part that is smaller than the store takes', () => {
    expect(planUpload(GIB, { minPartSize: 5 * MIB })).toMatchObject({ partSize: 16 * MIB, partCount: 64 });
    expect(planUpload(GIB, { minPartSize: 100 * MIB - 1 })).toMatchObject({ partSize: 100 * MIB, partCount: 11 });
  });
});
