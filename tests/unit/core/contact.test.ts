import { bootChange, mergeFacts, slotOf } from '../../../src/core/contact';
import { noFacts } from '../../../src/core/device-facts';
import { madeAt } from '../../support/fleet-factory';

function later(seconds: number): Date {
  return new Date(madeAt.getTime() + seconds * 1000);
}

describe('bootChange', () => {
  const before = { bootId: 'boot-1', uptimeSeconds: 1000 };

  it('goes by the boot id where both are known, whatever the uptime says', () => {
    const now = (bootId: string, uptimeSeconds: number) => ({
      at: later(3600),
      facts: { bootId, uptimeSeconds },
    });
    expect(bootChange(before, madeAt, now('boot-1', 3))).toBe('same');
    expect(bootChange(before, madeAt, now('boot-2', 4600))).toBe('new');
  });

  it('does not know for a device that was never heard, or that tells neither', () => {
    const told = { at: later(60), facts: { bootId: 'boot-1', uptimeSeconds: 60 } };
    expect(bootChange({ bootId: null, uptimeSeconds: null }, null, told)).toBe('unknown');
    expect(bootChange(before, madeAt, { at: later(60), facts: {} })).toBe('unknown');
    expect(bootChange({ ...before, uptimeSeconds: null }, madeAt, { at: later(60), facts: {} })).toBe(
      'unknown',
    );
    const idAlone = { at: later(60), facts: { bootId: 'boot-1' } };
    expect(bootChange({ bootId: null, uptimeSeconds: 1000 }, madeAt, idAlone)).toBe('unknown');
  });

  describe.each([
    ['without a boot id before', { bootId: null, uptimeSeconds: 1000 }, { bootId: 'boot-1' }],
    ['without a boot id now', before, {}],
  ])('%s', (_title, known, facts) => {
    const after = (seconds: number, uptimeSeconds: number) =>
      bootChange(known, madeAt, { at: later(seconds), facts: { ...facts, uptimeSeconds } });

    it('takes an uptime shorter than the time that passed for a boot', () => {
      expect(after(3600, 1500)).toBe('new');
      expect(after(3600, 3590)).toBe('new');
    });

    it('takes an uptime that fell for a boot, also when the clock was set back', () => {
      expect(after(30, 20)).toBe('new');
      expect(after(-7200, 20)).toBe('new');
    });

    it('takes an uptime that grew with the time for the same boot', () => {
      expect(after(3600, 4600)).toBe('same');
      expect(after(0, 1000)).toBe('same');
    });

    it('sees no boot when the clock was set back, or forward by less than the device is up', () => {
      expect(after(-7200, 1060)).toBe('same');
      expect(after(60 + 900, 1060)).toBe('same');
    });

    it('allows for clocks that are not precise', () => {
      expect(after(1505, 1500)).toBe('same');
      expect(after(1, 995)).toBe('same');
    });
  });

  it('knows of a boot since the last contact when the uptime is told for the first time', () => {
    const neverTold = { bootId: null, uptimeSeconds: null };
    const now = (uptimeSeconds: number) => ({ at: later(3600), facts: { uptimeSeconds } });
    expect(bootChange(neverTold, madeAt, now(60))).toBe('new');
    expect(bootChange(neverTold, madeAt, now(7200))).toBe('unknown');
  });
});

describe('mergeFacts', () => {
  it('keeps what a contact does not tell, and brings attributes up to date one by one', () => {
    const known = {
      ...noFacts,
      compatible: 'board',
      systemVersion: '1',
      attributes: { site: 'a', rack: '1' },
    };
    expect(mergeFacts(known, { systemVersion: '2', attributes: { rack: '2' } })).toEqual({
      ...known,
      systemVersion: '2',
      attributes: { site: 'a', rack: '2' },
    });
    expect(mergeFacts(known, {})).toEqual(known);
  });

  it('keeps the attributes themselves when a contact tells nothing new of them', () => {
    const known = { ...noFacts, attributes: { site: 'a', rack: '1' } };
    expect(mergeFacts(known, { attributes: { rack: '1' } }).attributes).toBe(known.attributes);
    expect(mergeFacts(known, { attributes: { site: 'a', rack: '2' } }).attributes).toEqual({
      site: 'a',
      rack: '2',
    });
  });
});

describe('the slot that runs', () => {
  it('is what the device tells as its attribute', () => {
    expect(slotOf({ attributes: { slot: 'A', site: 'a' } })).toBe('A');
    expect(slotOf({ attributes: { site: 'a' } })).toBeNull();
    expect(slotOf({})).toBeNull();
  });
});
