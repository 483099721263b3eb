import { DomainError } from '../../../../src/core/errors';
import { storageParts } from '../../../../src/core/storage-room';
import { ofStorage, type StorageFacts } from '../../../../src/services/overview/storage-attention';
import { storageUsage } from '../../../support/storage-usage';
import { withMessage } from '../../../support/with-message';

const mebibyte = 1 << 20;
const gibibyte = 1 << 30;
const plenty: StorageFacts = {
  storage: storageUsage(6 * gibibyte, {
    bundles: 40 * mebibyte,
    database: 3 * mebibyte,
    outside: 900 * mebibyte,
  }),
  largestBundleBytes: 3 * gibibyte,
  daysUntilFull: null,
  writeProblem: null,
};

const messages = (change: Partial<StorageFacts>) =>
  withMessage(ofStorage({ ...plenty, ...change })).map(({ message }) => message);

describe('a disk', () => {
  it('that takes no writes is told with what still works and what to do, before what is left', () => {
    const remedy = 'Let the server write there.';
    const writeProblem = new DomainError('unavailable', 'the data folder is read-only', { remedy });
    const items = withMessage(ofStorage({ ...plenty, writeProblem, storage: storageUsage(0) }));
    expect(items.map(({ kind }) => kind)).toEqual(['storage-unwritable', 'storage']);
    expect(items[0]?.message).toMatch(/is read-only\. Devices are answered .* Let the server write there\.$/);
  });

  it('that has room for the next bundle and does not fill needs no attention', () => {
    expect(messages({})).toEqual([]);
    expect(messages({ daysUntilFull: 14 })).toEqual([]);
  });

  it('that has too little room is told with what takes it, the largest first, and what to do', () => {
    const { sizes } = plenty.storage;
    const [message] = messages({ storage: { sizes, freeBytes: 6 * gibibyte - 1 } });
    expect(message).toMatch(
      /^6143 MiB are left .* taken by .*logs \(900 MiB\), bundles \(40 MiB\), the database \(3 MiB\)\. .*programs\.$/,
    );
  });

  it('that will be full within two weeks is told before it is', () => {
    expect(messages({ daysUntilFull: 13 })[0]).toContain('lasts 13 days');
    expect(messages({ daysUntilFull: 1 })[0]).toContain('lasts 1 day ');
  });

  it.each(storageParts)('full of %s has its own remedy', (part) => {
    const remedies = storageParts.map((one) =>
      messages({ storage: storageUsage(0, { [one]: mebibyte }) })[0]
        ?.split('(1 MiB). ')
        .at(-1),
    );
    expect(new Set(remedies).size).toBe(storageParts.length);
    expect(messages({ storage: storageUsage(0, { [part]: mebibyte }) })[0]).toContain('(1 MiB). ');
  });
});
