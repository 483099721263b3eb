import { decideOffer, judgeOffer } from '../../../src/core/offer';
import type { AskingDevice, OfferTerms, Question, StandingOffer } from '../../../src/core/offer-question';
import { opaqueInspection } from '../../../src/core/opaque';
import { noLimits, type ProtocolLimits } from '../../../src/core/protocol';
import {
  askingDevice,
  bundleOf,
  hourMs,
  poll,
  releaseOf,
  streaming,
  terms,
} from '../../support/fleet-factory';

const opaque = {
  ...bundleOf('board'),
  name: 'opaque-1-0123456789abcdef-bundle.raucb',
  compatible: null,
  inspection: opaqueInspection(512),
};
const ddi: ProtocolLimits = { ...noLimits, carriesOpaque: true };
const assigned = { pin: { bundleName: opaque.name, bundle: opaque } };

function offered(
  device: Partial<AskingDevice>,
  limits: ProtocolLimits = ddi,
  more: { readonly question?: Partial<Question>; readonly terms?: Partial<OfferTerms> } = {},
) {
  const releases = [releaseOf('board'), releaseOf('board', { channel: 'odd', bundle: opaque })];
  const offer = decideOffer(
    askingDevice(device),
    releases,
    { ...poll, limits, ...more.question },
    { ...terms, ...more.terms },
  );
  return offer.kind === 'bundle' ? offer.bundle.name : offer.reason;
}

describe('an opaque file', () => {
  it.each([
    ['of its compatible', {}],
    ['of another compatible', { compatible: 'gw' }],
    ['of an unknown compatible', { compatible: null }],
  ])('is offered to a device %s that it is assigned to', (_, device) => {
    expect(offered({ ...assigned, ...device })).toBe(opaque.name);
  });

  it('is never offered because it is current, even if a release of it came about', () => {
    expect(offered({ channel: 'odd' })).toBe('opaque-not-assigned');
    expect(offered({})).toBe('board-2.0.0.raucb');
  });

  it.each([
    ['a manifest', noLimits],
    ["RAUC's own poller", streaming],
  ])('does not travel by %s', (_, limits) => {
    expect(offered(assigned, limits)).toBe('opaque-not-carried');
  });

  it('is not taken over another protocol because it was offered before', () => {
    const standing: StandingOffer = {
      bundle: opaque,
      releaseId: null,
      endsAt: new Date(poll.at.getTime() + hourMs),
      hasBegun: false,
      isIgnored: false,
    };
    const question = { isInstall: true };
    expect(offered({ ...assigned, standing }, ddi, { question })).toBe(opaque.name);
    expect(offered({ ...assigned, standing }, noLimits, { question })).toBe('opaque-not-carried');
  });

  it.each([
    ['held', { hold: { reason: '', by: 'ann', at: poll.at } }, 'held'],
    ['not admitted', { admission: 'waiting' }, 'waiting-for-admission'],
    ['bound to another compatible by its certificate', { boundCompatibles: ['gw'] }, 'not-its-compatible'],
    ['one where it failed', { failures: new Map([[opaque.sha256, 1]]) }, 'failed-before'],
  ] as const)('obeys the other rules: the device is %s', (_, device, reason) => {
    expect(offered({ ...assigned, ...device })).toBe(reason);
  });

  it('is not offered while the server does not accept opaque files', () => {
    expect(offered(assigned, ddi, { terms: { distrust: () => 'no' } })).toBe('bundle-untrusted');
  });

  it('leaves bundles alone', () => {
    const [rule] = judgeOffer(askingDevice(), [releaseOf('board')], poll, terms).filter(
      (one) => one.rule === 'opaque',
    );
    expect(rule).toMatchObject({ passed: null, code: 'not-opaque' });
  });
});
