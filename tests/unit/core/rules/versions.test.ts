import type { Candidate, Case } from '../../../../src/core/offer-case';
import type { AskingDevice, UnbootedBundle } from '../../../../src/core/offer-question';
import { versionRules } from '../../../../src/core/rules/versions';
import { parseVersionRange } from '../../../../src/core/version-range';
import { askingDevice, bundleOf, poll, releaseOf, terms } from '../../../support/fleet-factory';

const bundle = bundleOf('board');
const released: Candidate = { source: 'release', bundle, release: releaseOf('board'), step: 0 };

function caseOf(device: Partial<AskingDevice>, change: Partial<Case> = {}): Case {
  return { device: askingDevice(device), question: poll, terms, candidate: released, ...change };
}

describe('a bundle of the version that the device runs', () => {
  const runs = (change: Partial<AskingDevice>) =>
    versionRules['other-version'](caseOf({ systemVersion: '2.0.0', ...change }));
  const provenSha256 = 'f'.repeat(64);

  it('is another one where the slot tells them apart', () => {
    expect(runs({ provenSha256, tellsSlot: true })).toEqual({
      passed: true,
      code: 'told-apart-by-slot',
      parameters: { version: '2.0.0' },
    });
  });

  it.each([
    ['nobody knows which bundle runs', { tellsSlot: true }],
    ['the device does not tell its slot', { provenSha256 }],
  ])('is up to date when %s', (_, change) => {
    expect(runs(change)).toMatchObject({ code: 'up-to-date', parameters: { version: '2.0.0' } });
  });
});

describe('a bundle without a version', () => {
  it('is not taken for what a device of unknown version runs', () => {
    const candidate = { ...released, bundle: bundleOf('board', null) };
    expect(versionRules['other-version'](caseOf({ systemVersion: null }, { candidate }))).toMatchObject({
      code: 'runs-another',
      parameters: { running: null, version: null },
    });
  });
});

describe('a release that starts from other versions', () => {
  const from = parseVersionRange('>=1.5');
  const candidate = { ...released, release: releaseOf('board', { policy: { from } }) };

  it('says how the device comes to one of them, as far as somebody knows', () => {
    const way = { kind: 'channel', channel: 'bridge', version: '1.5' } as const;
    const wayTo = () => way;
    const start = { from: '>=1.5', running: '1.0.0' };
    expect(versionRules.from(caseOf({}, { candidate, terms: { ...terms, wayTo } }))).toMatchObject({
      code: 'outside-from',
      parameters: { ...start, way },
    });
    expect(versionRules.from(caseOf({}, { candidate }))).toMatchObject({
      code: 'outside-from',
      parameters: { ...start, way: null },
    });
  });
});

describe('another bundle that waits for a reboot', () => {
  const unbooted: UnbootedBundle = { bundleName: 'board-1.9.raucb', sha256: 'e'.repeat(64), until: poll.at };
  const booted = (waits: UnbootedBundle | null, candidate: Candidate | undefined = released) =>
    versionRules.booted(caseOf({ unbooted: waits }, { candidate }));

  it('comes first, up to the end of the wait', () => {
    expect(booted(unbooted)).toEqual({
      passed: false,
      code: 'waits-for-reboot',
      parameters: { unbooted: 'board-1.9.raucb', bundle: bundle.name },
    });
    const until = new Date(poll.at.getTime() - 1);
    expect(booted({ ...unbooted, until })).toMatchObject({ code: 'nothing-unbooted' });
    expect(booted(null)).toMatchObject({ code: 'nothing-unbooted' });
  });

  it('gives way to the bundle that a person has pinned', () => {
    expect(booted(unbooted, { ...released, source: 'pin', release: null })).toEqual({
      passed: true,
      code: 'pinned-over-unbooted',
      parameters: { unbooted: 'board-1.9.raucb' },
    });
  });

  it('does not take back what the device was told of', () => {
    expect(booted(unbooted, { ...released, source: 'standing' })).toMatchObject({ code: 'already-told' });
  });

  it('is no other when it is this one', () => {
    expect(booted({ ...unbooted, sha256: bundle.sha256 })).toMatchObject({ code: 'this-unbooted' });
  });
});
