import {
  changeInstallation,
  type InstallationState,
  installationStates,
  isFailure,
  isOpen,
  isStarted,
  isUnsettled,
} from '../../../src/core/installation';
import { hourMs, installationOf, madeAt } from '../../support/fleet-factory';

const at = new Date(madeAt.getTime() + hourMs);
const later = new Date(madeAt.getTime() + 2 * hourMs);

function statesThat(is: (installation: { readonly state: InstallationState }) => boolean) {
  return installationStates.filter((state) => is({ state }));
}

describe('the states of an installation', () => {
  it('are open as long as the device is expected to go on', () => {
    expect(statesThat(isOpen)).toEqual(['offered', 'downloading', 'installed', 'cancelling']);
  });

  it('take a place of their release from the begin to the end', () => {
    expect(statesThat(isStarted)).toEqual(['downloading', 'installed', 'cancelling']);
  });

  it('are unsettled also while the device is lost, or stopped without a word', () => {
    expect(statesThat(isUnsettled)).toEqual([
      'offered',
      'downloading',
      'installed',
      'stopped',
      'lost',
      'cancelling',
    ]);
  });

  it('count against the bundle when it failed, was rolled back or rejected, and never when it came to nothing', () => {
    expect(statesThat(isFailure)).toEqual(['rolled-back', 'failed', 'rejected']);
  });
});

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
