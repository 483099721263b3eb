import { readFile } from 'node:fs/promises';
import { isOutOfSpace, systemErrorCode } from '../../../../src/base/files/system-error';

it("tells the system's code, whatever carries it", async () => {
  const error: unknown = await readFile('/nowhere/at/all').catch((caught: unknown) => caught);
  expect(systemErrorCode(error)).toBe('ENOENT');
  expect(systemErrorCode({ code: 'EIO' })).toBe('EIO');
});

it.each([undefined, null, 'ENOENT', new Error('no'), { code: 5 }, {}])('finds none in %j', (value) => {
  expect(systemErrorCode(value)).toBeUndefined();
});

it.each(['ENOSPC', 'EDQUOT', 'EFBIG'])('takes %s for a lack of space', (code) => {
  expect(isOutOfSpace(Object.assign(new Error('full'), { code }))).toBe(true);
});

it.each([undefined, new Error('ENOSPC'), { code: 'EIO' }])('takes %j for something else', (value) => {
  expect(isOutOfSpace(value)).toBe(false);
});
