import { readFile } from 'node:fs/promises';
import { systemErrorCode } from '../../../../src/base/files/system-error';

it("tells the system's code, whatever carries it", async () => {
  const error: unknown = await readFile('/nowhere/at/all').catch((caught: unknown) => caught);
  expect(systemErrorCode(error)).toBe('ENOENT');
  expect(systemErrorCode({ code: 'EIO' })).toBe('EIO');
});

it.each([undefined, null, 'ENOENT', new Error('no'), { code: 5 }, {}])('finds none in %j', (value) => {
  expect(systemErrorCode(value)).toBeUndefined();
});
