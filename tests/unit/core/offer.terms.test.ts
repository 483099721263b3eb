import { decideOffer, judgeOffer } from '../../../src/core/offer';
import type { AskingDevice } from '../../../src/core/offer-question';
import type { PinTerms } from '../../../src/core/pin-terms';
import { noLimits, type ProtocolLimits } from '../../../src/core/protocol';
import { askingDevice, bundleOf, poll, releaseOf, terms } from '../../support/fleet-factory';

const bundle = bundleOf('board');
const ddi: ProtocolLimits = { ...noLimits, tellsTerms: true };
const at = new Date('2026-11-23T12:30:00Z');
const window = (hour: number) => ({
  schedule: `0 0 ${hour} ? * *`,
  duration: '01:00:00',
  timezone: '+00:00',
});

function device(pinTerms: PinTerms): AskingDevice {
  return askingDevice({ pin: { bundleName: bundle.name, bundle, terms: pinTerms } });
}

function offered(pinTerms: PinTerms, limits: ProtocolLimits): string {
  const asked = [device(pinTerms), [releaseOf('board')], { ...poll, at, limits }, terms] as const;
  const offer = decideOffer(...asked);
  const said = judgeOffer(...asked).find(({ rule }) => rule === 'window');
  return `${offer.kind === 'bundle' ? 'bundle' : offer.reason}, ${said?.code}`;
}

describe('an assignment with terms', () => {
  it.each<[string, PinTerms, string, string]>([
    [
      'soft',
      { kind: 'soft', window: null },
      'bundle, pinned-without-rollout',
      'bundle, pinned-without-rollout',
    ],
    [
      'only downloaded',
      { kind: 'downloadonly', window: null },
      'bundle, pinned-without-rollout',
      'only-downloaded, only-downloaded',
    ],
    [
      'in its window',
      { kind: 'forced', window: window(12) },
      'bundle, pinned-without-rollout',
      'bundle, window-open',
    ],
    [
      'outside its window',
      { kind: 'soft', window: window(13) },
      'bundle, downloads-ahead',
      'outside-window, outside-window',
    ],
  ])('that is %s goes where a protocol can tell so', (_, pinTerms, told, untold) => {
    expect(offered(pinTerms, ddi)).toBe(told);
    expect(offered(pinTerms, noLimits)).toBe(untold);
  });

  it.each<[string, PinTerms, boolean, string]>([
    ['only downloaded', { kind: 'downloadonly', window: null }, true, 'only-downloaded'],
    ['waiting for its window', { kind: 'forced', window: window(13) }, false, 'outside-window'],
    ['begun in its window', { kind: 'forced', window: window(11) }, true, 'bundle'],
  ])(
    'that is %s is no standing offer for a protocol that cannot tell so',
    (_, pinTerms, hasBegun, expected) => {
      const standing = {
        bundle,
        releaseId: null,
        endsAt: new Date(at.getTime() + 1),
        hasBegun,
        isIgnored: false,
      };
      const question = { ...poll, at, isInstall: true, limits: noLimits };
      const offer = decideOffer({ ...device(pinTerms), standing }, [], question, terms);
      expect(offer.kind === 'bundle' ? 'bundle' : offer.reason).toBe(expected);
    },
  );
});
