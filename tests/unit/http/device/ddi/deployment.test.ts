import { describeDeployment } from '../../../../../src/http/device/ddi/deployment';
import { decideRange } from '../../../../../src/http/range';
import { bundleOf, installationOf } from '../../../../support/fleet-factory';

const plain = { kind: 'forced', window: null } as const;
const weakHashes = { sha1: 'a'.repeat(40), md5: 'b'.repeat(32) };

it.each([2 ** 31, 2 ** 32 + 1, 5 * 2 ** 40])('a bundle of %d bytes has its size as a number', (sizeBytes) => {
  const bundle = { ...bundleOf('board'), sizeBytes, weakHashes };
  const told = JSON.stringify(describeDeployment(installationOf(), bundle, 'https://x/DEFAULT', plain));
  expect(told).toContain(`"size":${sizeBytes},`);
  expect(decideRange(`bytes=${sizeBytes - 1}-`, sizeBytes)).toEqual({
    kind: 'part',
    start: sizeBytes - 1,
    end: sizeBytes - 1,
  });
  expect(decideRange(`bytes=${sizeBytes}-`, sizeBytes)).toEqual({ kind: 'unsatisfiable' });
});
