import { changeInstallation, type Installation } from '../../../src/core/installation';
import type { Evidence, ProofRules } from '../../../src/core/evidence';
import { judgeContact } from '../../../src/core/proof';
import { openEnds } from '../../../src/core/silence';
import { hourMs, installationOf, madeAt } from '../../support/fleet-factory';
import { said } from '../../support/said';

const rules: ProofRules = {
  rollbackWindowMs: 24 * hourMs,
  patiencePolls: 3,
  failAfterPolls: 0,
  stalledAfterMs: 10_000 * hourMs,
};

/** A poll under the boot in which the bundle was offered, of the old version, an hour later. */
function contact(change: Partial<Evidence> = {}): Evidence {
  return {
    at: hoursLater(1),
    transactionId: null,
    isPoll: true,
    native: null,
    slot: null,
    boot: 'same',
    bootId: 'boot-1',
    systemVersion: '1.0.0',
    ...change,
  };
}

const rebooted = (change: Partial<Evidence> = {}) => contact({ boot: 'new', bootId: 'boot-2', ...change });
const untold = { bootId: null, boot: 'unknown' } as const;

function hoursLater(hours: number): Date {
  return new Date(madeAt.getTime() + hours * hourMs);
}

const offered = installationOf;
const downloading = (change: Partial<Installation> = {}) =>
  installationOf({ state: 'downloading', startedAt: madeAt, transactionId: 't-1', attempts: 1, ...change });
const installed = (change: Partial<Installation> = {}) =>
  downloading({ state: 'installed', installedAt: madeAt, progressPercent: 100, ...change });

/** What has become of an installation after contacts, each judged on what the ones before left. */
function after(installation: Installation, ...contacts: readonly Evidence[]): Installation {
  return contacts.reduce((before, evidence) => {
    const change = judgeContact(before, evidence, rules);
    return change === null ? before : changeInstallation(before, change, evidence.at);
  }, installation);
}

describe('what a silent poller lets the server infer', () => {
  it('poll without transaction, version V, boot B: it is alive, and nothing has changed', () => {
    expect(judgeContact(offered(), contact(), rules)).toBeNull();
    expect(judgeContact(installed(), contact(), rules)).toBeNull();
  });

  it('request with transaction T: the attempt T has begun', () => {
    const begun = after(offered(), contact({ transactionId: 't-1' }));
    expect(begun).toMatchObject({
      state: 'downloading',
      transactionId: 't-1',
      attempts: 1,
      startedAt: hoursLater(1),
      endedAt: null,
    });
  });

  it('T seen, polls go on with the same boot and version: failed, or waiting for its reboot', () => {
    const unclear = after(downloading(), contact());
    expect(unclear).toMatchObject({ state: 'downloading', message: openEnds.unclear });
    expect(judgeContact(unclear, contact(), rules)).toBeNull();
  });

  it('no poll, and no transaction either: the device is not silent, it downloads or reports', () => {
    expect(judgeContact(downloading(), contact({ isPoll: false }), rules)).toBeNull();
    expect(judgeContact(offered({ polls: 9 }), contact({ isPoll: false }), rules)).toBeNull();
  });

  it('another boot, the target version: proven', () => {
    for (const installation of [downloading(), installed(), offered()])
      expect(after(installation, rebooted({ systemVersion: '2.0.0' }))).toMatchObject({
        state: 'proven',
        targetVersion: '2.0.0',
        progressPercent: 100,
        endedAt: hoursLater(1),
      });
  });

  it('another boot, the old version, soon after T: rolled back', () => {
    expect(after(downloading(), rebooted({ at: hoursLater(24) }))).toMatchObject({
      state: 'rolled-back',
      endedAt: hoursLater(24),
    });
  });

  it('another boot, the old version, long after T: came to nothing, which says nothing about the bundle', () => {
    expect(after(downloading(), rebooted({ at: hoursLater(24.1) }))).toMatchObject({ state: 'withdrawn' });
  });

  it('version unchanged over more than k polls after an offer: the device does not take it', () => {
    expect(judgeContact(offered({ polls: 3 }), contact(), rules)).toBeNull();
    const refused = after(offered({ polls: 4 }), contact());
    expect(refused).toMatchObject({ state: 'offered', message: openEnds.notTaken });
    expect(judgeContact(refused, contact(), rules)).toBeNull();
  });

  it('uptime shorter than the time since the last poll: a boot, also when no boot id is told', () => {
    const byUptime = { boot: 'new', bootId: null } as const;
    expect(after(downloading(), contact({ ...byUptime, systemVersion: '2.0.0' })).state).toBe('proven');
    expect(after(downloading(), contact(byUptime)).state).toBe('rolled-back');
  });
});

describe('proof', () => {
  it('is not the target version under the boot in which the bundle was offered', () => {
    for (const installation of [offered(), downloading(), installed()])
      expect(after(installation, contact({ systemVersion: '2.0.0' })).state).toBe(installation.state);
  });

  it('is not a new boot that does not tell its version, and comes with the version under that boot', () => {
    const silent = after(downloading(), rebooted({ systemVersion: null }));
    expect(silent.state).toBe('downloading');
    expect(after(silent, rebooted({ boot: 'same', systemVersion: '2.0.0' })).state).toBe('proven');
    expect(after(silent, rebooted({ boot: 'same' })).state).toBe('rolled-back');
  });

  it('is a version that changed when nobody tells of boots', () => {
    expect(after(downloading(), contact({ ...untold, systemVersion: '2.0.0' })).state).toBe('proven');
    expect(after(downloading(), contact(untold)).state).toBe('downloading');
  });

  it('is not a target version that may have run all the time', () => {
    const neverTold = downloading({ fromVersion: null, fromBootId: null });
    expect(after(neverTold, contact({ ...untold, systemVersion: '2.0.0' })).state).toBe('downloading');
    expect(after(neverTold, rebooted({ systemVersion: '2.0.0' })).state).toBe('proven');
  });

  it('is not a boot of a device that runs the version of the bundle already and has not begun', () => {
    expect(after(offered({ targetVersion: '1.0.0' }), rebooted()).state).toBe('offered');
  });

  it('is not the first boot id that a device ever tells, under the boot that it had', () => {
    const installation = downloading({ fromBootId: null });
    expect(after(installation, contact({ systemVersion: '2.0.0' })).state).toBe('downloading');
  });

  it('says what ran before when no boot was seen', () => {
    expect(after(downloading(), contact({ ...untold, systemVersion: '2.0.0' })).message).toEqual(
      said('it runs, and 1.0.0 ran before'),
    );
  });

  it('survives the boot id of a contact that tells none', () => {
    const polls = [contact({ bootId: null, systemVersion: null }), rebooted({ systemVersion: '2.0.0' })];
    expect(after(downloading(), ...polls).state).toBe('proven');
  });

  it('takes the version of a boot that was missed: two boots between polls are a rollback', () => {
    expect(after(downloading(), rebooted({ bootId: 'boot-3' })).state).toBe('rolled-back');
  });

  it('comes to a device that was not seen to begin, and to one that was lost', () => {
    expect(after(offered(), rebooted({ systemVersion: '2.0.0' })).state).toBe('proven');
    const lost = installed({ state: 'lost' });
    expect(after(lost, rebooted({ at: hoursLater(900), systemVersion: '2.0.0' })).state).toBe('proven');
  });

  it('changes nothing about an installation that has ended', () => {
    for (const state of ['rolled-back', 'failed', 'withdrawn', 'cancelled'] as const) {
      const ended = downloading({ state, endedAt: madeAt });
      for (const evidence of [
        rebooted(),
        rebooted({ systemVersion: '2.0.0' }),
        contact({ transactionId: 'x' }),
      ])
        expect(judgeContact(ended, evidence, rules)).toBeNull();
    }
  });
});

describe('a bundle whose version nobody knows', () => {
  const encrypted = (change: Partial<Installation> = {}) => downloading({ targetVersion: null, ...change });

  it('is proven by another version after a new boot, and its version is learnt', () => {
    expect(after(encrypted(), rebooted({ systemVersion: '7' }))).toMatchObject({
      state: 'proven',
      targetVersion: '7',
    });
  });

  it('is rolled back when the old version boots again', () => {
    expect(after(encrypted(), rebooted()).state).toBe('rolled-back');
  });

  it('is not proven by another version on a device that has not begun', () => {
    const unbegun = encrypted({ state: 'offered', startedAt: null, transactionId: null });
    expect(after(unbegun, rebooted({ systemVersion: '7' })).state).toBe('offered');
  });

  it('is neither proven nor rolled back when the old version was not known either', () => {
    const blind = encrypted({ fromVersion: null });
    expect(after(blind, rebooted({ systemVersion: '7' })).state).toBe('withdrawn');
  });
});

describe('a rollback', () => {
  it('counts for days on a device that said that the bundle is written', () => {
    expect(after(installed(), rebooted({ at: hoursLater(24 * 30) })).state).toBe('rolled-back');
  });

  it('counts when the clock was set back meanwhile', () => {
    expect(after(downloading(), rebooted({ at: hoursLater(-48) })).state).toBe('rolled-back');
  });

  it('is the boot into another version than the bundle where nobody knows which one ran before', () => {
    expect(after(downloading({ fromVersion: null }), rebooted())).toMatchObject({
      state: 'rolled-back',
      message: said('the device booted into 1.0.0 again'),
    });
  });

  it('is not a boot into a third version, told with or without boots', () => {
    for (const evidence of [rebooted({ systemVersion: '3' }), contact({ ...untold, systemVersion: '3' })])
      expect(after(installed(), evidence).state).toBe('withdrawn');
  });

  it('is not a power cycle while the bundle was only offered, however often', () => {
    const cycled = after(offered(), rebooted(), rebooted({ bootId: 'boot-3' }));
    expect(cycled).toMatchObject({ state: 'offered', fromBootId: 'boot-3' });
  });

  it('is not the boot before the begin: the poll after the download says nothing', () => {
    const begin = rebooted({ boot: 'same', transactionId: 't-1' });
    const next = rebooted({ boot: 'same', at: hoursLater(2) });
    // The boot is seen at a poll, or at the begin itself.
    expect(after(offered(), rebooted(), begin, next).state).toBe('downloading');
    expect(after(offered(), begin, next).state).toBe('downloading');
    expect(after(offered(), begin, next, rebooted({ bootId: 'boot-3' })).state).toBe('rolled-back');
  });

  it('leaves what was offered as it was when a boot is told by its uptime, and nothing else is new', () => {
    const byUptime = contact({ boot: 'new', bootId: null });
    expect(judgeContact(offered(), byUptime, rules)).toBeNull();
    const fromA = offered({ fromSlot: 'A' });
    expect(judgeContact(fromA, { ...byUptime, slot: 'A' }, rules)).toBeNull();
    expect(judgeContact(fromA, byUptime, rules)).toBeNull();
    expect(after(fromA, { ...byUptime, slot: 'B' }).fromSlot).toBe('B');
    expect(after(offered(), { ...byUptime, systemVersion: '1.5.0' }).fromVersion).toBe('1.5.0');
  });

  it('goes by the version that ran at the begin, not by one that a person replaced after the offer', () => {
    const byHand = after(offered(), rebooted({ systemVersion: '1.5.0' }));
    expect(byHand).toMatchObject({ state: 'offered', fromVersion: '1.5.0', fromBootId: 'boot-2' });
    const begun = after(byHand, rebooted({ systemVersion: '1.5.0', transactionId: 't-1' }));
    const back = rebooted({ systemVersion: '1.5.0', bootId: 'boot-3' });
    expect(after(begun, back).state).toBe('rolled-back');
  });
});

describe('a device that fell back after the proof', () => {
  const proven = after(downloading(), rebooted({ systemVersion: '2.0.0' }));
  const fallenBack = (hours: number, change: Partial<Evidence> = {}) =>
    after(proven, rebooted({ at: hoursLater(hours), bootId: 'boot-3', ...change }));

  it('rolled back, when it boots into the old version soon after', () => {
    expect(fallenBack(25)).toMatchObject({ state: 'rolled-back', endedAt: hoursLater(25) });
    expect(fallenBack(2, { bootId: null }).state).toBe('rolled-back');
  });

  it('stays proven long after, while the version runs, and when another one came by hand', () => {
    expect(fallenBack(25.1)).toEqual(proven);
    expect(fallenBack(2, { systemVersion: '2.0.0' })).toEqual(proven);
    expect(fallenBack(2, { systemVersion: '3' })).toEqual(proven);
    expect(fallenBack(2, { systemVersion: null })).toEqual(proven);
  });

  it('stays proven when a late report tells of the old version under its old boot, or of no boot', () => {
    expect(fallenBack(2, { bootId: 'boot-1' })).toEqual(proven);
    expect(fallenBack(2, untold)).toEqual(proven);
  });

  it('stays proven when the bundle had the version that ran before', () => {
    for (const bootedVersion of ['1.0.0', null]) {
      const same = { ...proven, targetVersion: '1.0.0', bootedVersion };
      expect(after(same, rebooted({ bootId: 'boot-3' }))).toEqual(same);
    }
  });

  it('stays proven when nobody knows what ran before', () => {
    const blind = { ...proven, fromVersion: null };
    expect(after(blind, rebooted({ bootId: 'boot-3', systemVersion: null }))).toEqual(blind);
  });

  it('says what it fell back to', () => {
    expect(fallenBack(2).message).toEqual(said('the device fell back to 1.0.0'));
  });
});

describe('an attempt', () => {
  it('is the same when its transaction comes again', () => {
    const begun = after(offered(), contact({ transactionId: 't-1' }));
    expect(judgeContact(begun, contact({ transactionId: 't-1', at: hoursLater(9) }), rules)).toBeNull();
    expect(judgeContact(installed(), contact({ transactionId: 't-1' }), rules)).toBeNull();
  });

  it('is another one with another transaction, from its own begin', () => {
    const again = after(installed(), contact({ transactionId: 't-2', at: hoursLater(5) }));
    expect(again).toMatchObject({
      state: 'downloading',
      transactionId: 't-2',
      attempts: 2,
      startedAt: hoursLater(5),
      installedAt: null,
      progressPercent: null,
    });
  });

  it('gets its name from a transaction that comes after its begin was seen', () => {
    const unnamed = downloading({ transactionId: null, progressPercent: 5 });
    expect(after(unnamed, contact({ transactionId: 't-1' }))).toMatchObject({
      transactionId: 't-1',
      attempts: 1,
      startedAt: madeAt,
      progressPercent: 5,
    });
  });

  it('goes on when it had stopped and its transaction comes again', () => {
    const stopped = installed({ state: 'stopped', message: openEnds.unclear });
    expect(after(stopped, contact({ transactionId: 't-1' }))).toMatchObject({
      state: 'downloading',
      attempts: 1,
      startedAt: madeAt,
      installedAt: null,
      movedAt: hoursLater(1),
      message: null,
    });
  });

  it('takes no name after its download stopped: that is the next attempt', () => {
    const stopped = downloading({ state: 'stopped', transactionId: null });
    expect(after(stopped, contact({ transactionId: 't-1' }))).toMatchObject({
      state: 'downloading',
      attempts: 2,
      startedAt: hoursLater(1),
    });
  });

  it('that gets its name says no more what was known without it', () => {
    const unnamed = downloading({ transactionId: null, message: openEnds.unclear });
    expect(after(unnamed, contact({ transactionId: 't-1' })).message).toBeNull();
  });

  it('of an unnamed one that is written already is another one', () => {
    expect(after(installed({ transactionId: null }), contact({ transactionId: 't-2' }))).toMatchObject({
      state: 'downloading',
      attempts: 2,
    });
  });
});

describe('a device that was lost', () => {
  it.each([
    ['offered', offered({ state: 'lost' })],
    ['downloading', downloading({ state: 'lost' })],
    ['installed', installed({ state: 'lost' })],
  ])('goes on where it was when it comes back: %s', (state, lost) => {
    expect(after(lost, contact()).state).toBe(state);
    expect(after(lost, contact({ systemVersion: null, ...untold })).state).toBe(state);
  });

  it('goes on also when it booted before it began', () => {
    expect(after(offered({ state: 'lost' }), rebooted())).toMatchObject({
      state: 'offered',
      fromBootId: 'boot-2',
    });
  });

  it('goes on also where its attempt gets its name only now', () => {
    const unnamed = downloading({ state: 'lost', transactionId: null });
    const back = after(unnamed, contact({ transactionId: 't-1' }));
    expect(back).toMatchObject({ state: 'downloading', transactionId: 't-1', attempts: 1 });
    expect(back.message).toEqual(said(/is back/));
  });

  it('goes on with its attempt when that makes contact, and begins another one with another name', () => {
    const lost = installed({ state: 'lost' });
    expect(after(lost, contact({ transactionId: 't-1' }))).toMatchObject({ state: 'installed', attempts: 1 });
    expect(after(lost, contact({ transactionId: 't-2' }))).toMatchObject({
      state: 'downloading',
      attempts: 2,
    });
  });
});

describe('an installation that a person cancelled', () => {
  const cancelling = (change: Partial<Installation> = {}) => downloading({ state: 'cancelling', ...change });

  it('stays so while nothing boots, also when it begins again', () => {
    expect(judgeContact(cancelling(), contact(), rules)).toBeNull();
    expect(after(cancelling(), contact({ transactionId: 't-2' })).state).toBe('cancelling');
  });

  it('is cancelled by a boot into the old version or a third one, however late', () => {
    for (const evidence of [rebooted(), rebooted({ at: hoursLater(999) }), rebooted({ systemVersion: '3' })])
      expect(after(cancelling(), evidence).state).toBe('cancelled');
  });

  it('is proven where it was too late', () => {
    expect(after(cancelling(), rebooted({ systemVersion: '2.0.0' })).state).toBe('proven');
  });
});

describe('a device that tells its slot', () => {
  const fromA = (change: Partial<Installation> = {}) => downloading({ fromSlot: 'A', ...change });

  it('proves a bundle of the version that ran before by another slot alone', () => {
    const same = fromA({ targetVersion: '1.0.0' });
    const proven = after(same, rebooted({ slot: 'B' }));
    expect(proven).toMatchObject({
      state: 'proven',
      progressPercent: 100,
      bootedVersion: '1.0.0',
      bootedSlot: 'B',
    });
    expect(proven.message).toEqual(said(/slot B runs after a new boot, and A ran before/));
  });

  it('was rolled back where the old version runs in its old slot again', () => {
    const back = after(fromA({ targetVersion: '1.0.0' }), rebooted({ slot: 'A' }));
    expect(back).toMatchObject({ state: 'rolled-back', bootedSlot: 'A' });
    expect(back.message).toEqual(said('the device booted into 1.0.0 again from slot A'));
  });

  it('proves nothing by another slot before it had read the bundle', () => {
    const started = fromA({ targetVersion: '1.0.0', wholeBytes: 100, bytesSent: 99 });
    expect(after(started, rebooted({ slot: 'B' })).state).toBe('interrupted');
    expect(after({ ...started, bytesSent: 100 }, rebooted({ slot: 'B' })).state).toBe('proven');
  });

  it('has booted where its slot is another one and nobody tells of boots', () => {
    const proven = after(fromA(), contact({ ...untold, slot: 'B', systemVersion: '2.0.0' }));
    expect(proven).toMatchObject({ state: 'proven', message: said('it runs after a new boot') });
    expect(after(fromA(), contact({ ...untold, slot: 'A' })).state).toBe('downloading');
    expect(after(downloading(), contact({ ...untold, slot: 'B' })).state).toBe('downloading');
  });

  it('keeps the slot of its begin, and what it told before where it tells none', () => {
    const again = contact({ transactionId: 't-2', bootId: null, systemVersion: null, slot: 'B' });
    expect(after(fromA(), again)).toMatchObject({
      fromSlot: 'B',
      fromBootId: 'boot-1',
      fromVersion: '1.0.0',
    });
    expect(after(fromA(), { ...again, slot: null }).fromSlot).toBe('A');
    expect(after(offered({ fromSlot: 'A' }), rebooted({ slot: 'B' })).fromSlot).toBe('B');
    expect(after(offered({ fromSlot: 'A' }), rebooted()).fromSlot).toBe('A');
  });

  it('proves by its version alone where the slot is known of one side only', () => {
    const warning = /the device does not tell its slot/;
    for (const [fromSlot, slot] of [
      ['A', null],
      [null, 'B'],
    ] as const) {
      const proven = after(fromA({ fromSlot, targetVersion: '1.0.0' }), rebooted({ slot }));
      expect(proven).toMatchObject({ state: 'proven', message: said(warning) });
    }
  });

  it('has not booted where it leaves out its slot and nobody tells of boots', () => {
    expect(after(fromA(), contact(untold)).state).toBe('downloading');
  });

  it.each([
    ['its slot was never told', { fromSlot: null, bootedSlot: 'B' }, null],
    ['the proof told no slot', { fromSlot: 'A', bootedSlot: null }, 'A'],
    ['the proof came from the old slot', { fromSlot: 'A', bootedSlot: 'A' }, 'A'],
  ])('stays proven with the version that ran before when %s', (_, slots, slot) => {
    const same = { targetVersion: '1.0.0', bootedVersion: '1.0.0' };
    const proven = downloading({ state: 'proven', endedAt: madeAt, ...same, ...slots });
    expect(after(proven, rebooted({ slot }))).toEqual(proven);
  });

  it('fell back where the old slot runs again, also with the version of the bundle', () => {
    const proven = after(fromA({ targetVersion: '1.0.0' }), rebooted({ slot: 'B' }));
    const back = (change: Partial<Evidence>) =>
      after(proven, rebooted({ at: hoursLater(2), bootId: 'boot-3', ...change }));
    expect(back({ slot: 'A' })).toMatchObject({ state: 'rolled-back', bootedSlot: 'A' });
    expect(back({ slot: 'A' }).message).toEqual(said('the device fell back to 1.0.0 in slot A'));
    expect(back({ slot: 'B' })).toEqual(proven);
    expect(back({ slot: null })).toEqual(proven);
    expect(back({ slot: 'A', bootId: 'boot-2', boot: 'same' }).state).toBe('rolled-back');
  });
});

describe('a bundle of the version that runs, on a device that tells no slot', () => {
  it('counts as proven after a boot, with a warning', () => {
    const proven = after(downloading({ targetVersion: '1.0.0' }), rebooted());
    expect(proven).toMatchObject({ state: 'proven', bootedVersion: '1.0.0' });
    expect(proven.message).toEqual(said(/a rollback would look the same/));
  });
});

describe('a boot before the bundle was read', () => {
  const begun = (change: Partial<Installation> = {}) => downloading({ wholeBytes: 100, ...change });

  it('interrupts, told with a version or without', () => {
    expect(after(begun(), rebooted())).toMatchObject({
      state: 'interrupted',
      message: said('the device booted into 1.0.0 again before it had read the bundle'),
    });
    expect(after(begun(), rebooted({ systemVersion: null }))).toMatchObject({
      state: 'interrupted',
      message: said('the device booted before it had read the bundle'),
    });
  });

  it('interrupts nothing that has not begun, and nothing without a boot', () => {
    expect(after(offered({ wholeBytes: 100 }), rebooted({ systemVersion: null })).state).toBe('offered');
    expect(after(begun(), contact({ ...untold, systemVersion: null })).state).toBe('downloading');
  });

  it('ends what a person cancelled', () => {
    const cancelling = begun({ state: 'cancelling' });
    expect(after(cancelling, rebooted({ systemVersion: null }))).toMatchObject({
      state: 'cancelled',
      message: said('the device booted'),
    });
  });
});

describe('what was concluded from silence', () => {
  const presumed = (change: Partial<Installation> = {}) =>
    downloading({ state: 'failed', isPresumed: true, endedAt: madeAt, ...change });
  const accepting = { native: { knownEtag: `"${installationOf().sha256}"` } };

  it('is taken back when the bundle runs', () => {
    expect(after(presumed(), rebooted({ systemVersion: '2.0.0' }))).toMatchObject({
      state: 'proven',
      isPresumed: false,
    });
    expect(after(presumed(), rebooted())).toEqual(presumed());
    expect(after(presumed(), rebooted({ systemVersion: '2.0.0', transactionId: 't-1' }))).toEqual(presumed());
  });

  it('is taken back when the device accepts what it seemed to reject', () => {
    const rejected = presumed({ state: 'rejected' });
    const taken = { signature: 'accepted', isPresumed: false, message: null };
    expect(after(rejected, contact(accepting))).toMatchObject({ ...taken, state: 'stopped' });
    expect(after({ ...rejected, startedAt: null }, contact(accepting))).toMatchObject({
      ...taken,
      state: 'offered',
    });
    expect(after(rejected, contact())).toEqual(rejected);
    expect(after(rejected, contact({ native: { knownEtag: null } }))).toEqual(rejected);
    expect(after(rejected, contact({ native: { knownEtag: '"other"' } }))).toEqual(rejected);
    expect(after(presumed(), contact(accepting))).toEqual(presumed());
  });
});

describe('a client that reports a percentage as soon as it writes', () => {
  const reporting = (change: Partial<Evidence> = {}) => rebooted({ reportsWriting: true, ...change });
  const whole = { bytesSent: 900, wholeBytes: 900 };

  it.each([
    ['has downloaded all of it', whole],
    ['has downloaded a part', { bytesSent: 1, wholeBytes: 900 }],
    ['installs the same version again', { ...whole, targetVersion: '1.0.0' }],
    ['runs an unknown version', { ...whole, fromVersion: null }],
  ])('goes on after a boot if it has reported none, and %s', (_, change) => {
    const booted = after(downloading(change), reporting());
    expect(booted).toMatchObject({
      state: 'downloading',
      fromBootId: 'boot-2',
      fromVersion: '1.0.0',
      bootedVersion: null,
    });
    expect(judgeContact(booted, reporting(), rules)).toBeNull();
    const written = changeInstallation(booted, { progressPercent: 20 }, hoursLater(1));
    expect(after(written, reporting({ bootId: 'boot-3', systemVersion: '1.0.0' })).state).not.toBe(
      'downloading',
    );
  });

  it('that tells no version goes on, too', () => {
    expect(judgeContact(downloading(), reporting({ systemVersion: null }), rules)).toBeNull();
  });

  it('is proven by the version that it boots into, even if its reports were lost', () => {
    expect(after(downloading(whole), reporting({ systemVersion: '2.0.0' })).state).toBe('proven');
  });

  it.each([
    ['reported a percentage', { progressPercent: 3 }, 'rolled-back'],
    ['said that it is installed', { state: 'installed', installedAt: madeAt }, 'rolled-back'],
    ['was cancelled', { state: 'cancelling' }, 'cancelled'],
  ] as const)('is judged as any other once it %s', (_, change, state) => {
    expect(after(downloading({ ...whole, ...change }), reporting()).state).toBe(state);
  });
});
