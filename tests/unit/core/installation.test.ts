import { changeInstallation } from '../../../src/core/installation';
import { hourMs, installationOf, madeAt } from '../../support/fleet-factory';

const at = new Date(madeAt.getTime() + hourMs);
const later = new Date(madeAt.getTime() + 2 * hourMs);

describe('changeInstallation', () => {
  it('notes when an installation ends, and keeps that through what is noted later', () => {
    const ended = changeInstallation(installationOf(), { state: 'proven' }, at);
    expect(ended).toMatchObject({ state: 'proven', endedAt: at, updatedAt: at });
    expect(changeInstallation(ended, { message: 'seen' }, later)).toMatchObject({
      endedAt: at,
      updatedAt: later,
    });
    expect(changeInstallation(ended, { state: 'rolled-back' }, later).endedAt).toEqual(later);
  });

  it('forgets the end of one that goes on', () => {
    const lost = installationOf({ state: 'lost', endedAt: madeAt });
    expect(changeInstallation(lost, { state: 'downloading' }, at).endedAt).toBeNull();
  });

  it('leaves what it was given as it is', () => {
    const before = installationOf();
    changeInstallation(before, { state: 'failed', message: 'no space' }, at);
    expect(before).toEqual(installationOf());
  });
});
