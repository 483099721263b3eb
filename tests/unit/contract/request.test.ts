import type { newDeviceBody } from '../../../src/contract/device';
import type { newReleaseBody } from '../../../src/contract/release';
import type { RequestOf } from '../../../src/contract/request';

describe('the type of a request', () => {
  it('takes what a schema takes before its defaults', () => {
    const request: RequestOf<typeof newReleaseBody> = { bundle: 'fw-2.raucb', max_in_progress: '5' };
    expect(Object.keys(request)).toHaveLength(2);
  });

  it('has no name that the schema does not have', () => {
    // @ts-expect-error a misspelt name would be refused by the server only
    const request: RequestOf<typeof newDeviceBody> = { id: 'board-1', lables: ['lab'] };
    expect(Object.keys(request)).toContain('lables');
  });
});
