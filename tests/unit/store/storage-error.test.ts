import { storageError } from '../../../src/store/storage-error';
import { refusal } from '../../support/refusal';

describe('an error of the disk', () => {
  it.each([
    ['ENOSPC', 'storage-full'],
    ['EDQUOT', 'storage-full'],
    ['SQLITE_FULL', 'storage-full'],
    ['SQLITE_IOERR_SHMSIZE', 'storage-full'], // there is no room for the index beside the -wal file
    ['EROFS', 'unavailable'],
    ['SQLITE_READONLY', 'unavailable'],
    ['SQLITE_IOERR_WRITE', 'unavailable'],
  ] as const)('%s is %s', (code, expected) => {
    expect(storageError(Object.assign(new Error('from below'), { code }))).toEqual(refusal(expected));
  });

  it('that nobody expects stays what it is', () => {
    const error = Object.assign(new Error('from below'), { code: 'SQLITE_MISUSE' });
    expect(storageError(error)).toBe(error);
  });
});
