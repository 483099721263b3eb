import { judgeNext } from '../../../src/core/follow-numbers';
import { installationStates } from '../../../src/core/installation-states';
import { installationOf, madeAt } from '../../support/fleet-factory';
import { said } from '../../support/said';

const same = { name: 'same.raucb', sha256: installationOf().sha256 };
const other = { name: 'other.raucb', sha256: 'f'.repeat(64) };
const begins = { waits: false, change: null };
const goesOn = { waits: true, change: null };
const cancelled = {
  waits: true,
  change: { state: 'cancelling', message: said('other.raucb takes its place') },
};

describe('what comes next for a device that follows numbers', () => {
  it('is the offer when it has nothing', () => {
    expect(judgeNext(null, other)).toEqual(begins);
  });

  it.each(installationStates)('after one that is %s', (state) => {
    const installation = installationOf({ state, installedAt: null, progressPercent: null });
    const isOn = state === 'downloading' || state === 'installed' || state === 'cancelling';
    expect(judgeNext(installation, same)).toEqual(isOn ? goesOn : begins);
    const next = state === 'cancelling' ? goesOn : isOn ? cancelled : begins;
    expect(judgeNext(installation, other)).toEqual(next);
  });

  it('waits for one that installs already', () => {
    const installing = installationOf({ state: 'downloading', installedAt: null, progressPercent: 0 });
    expect(judgeNext(installing, other)).toEqual(goesOn);
  });

  it.each(['installed', 'stopped', 'lost', 'cancelling'] as const)(
    'is never what it says it has installed, and another bundle at once: %s',
    (state) => {
      const written = installationOf({ state, installedAt: madeAt });
      expect(judgeNext(written, same)).toEqual(goesOn);
      expect(judgeNext(written, other)).toEqual(begins);
    },
  );
});
