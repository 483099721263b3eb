import { noHawkbitSettings } from '../../../src/core/hawkbit-settings';
import { type ContractAdapter, failAtEachStep, type MakeAdapter, told } from './adapter';
import { line } from './catalog-parts';

/** How every store keeps what hawkBit's scripts have configured. */
export function describeHawkbitSettings(make: MakeAdapter): void {
  let adapter: ContractAdapter;
  beforeEach(async () => {
    adapter = await make();
  });
  afterEach(() => adapter.close());

  const settings = () => adapter.store.hawkbitSettings;

  it('changes only what is named, also when two do at once', async () => {
    expect(await settings().load()).toEqual(noHawkbitSettings);
    await Promise.all([
      settings().save({ pollingTimeMs: 60_000, acceptsTargetTokens: true }, line('ann')),
      settings().save({ proxyAuthorities: ['ca'] }, line('bob')),
    ]);
    await settings().save({ pollingTimeMs: null }, line('ann'));
    await adapter.reopen();
    const saved = { ...noHawkbitSettings, acceptsTargetTokens: true, proxyAuthorities: ['ca'] };
    expect(await settings().load()).toEqual(saved);
  });

  it('changes all that is named and tells so, or does neither', async () => {
    await failAtEachStep(
      adapter,
      () => settings().save({ pollingTimeMs: 60_000, acceptsTargetTokens: true }, line('ann')),
      async () => {
        expect(await settings().load()).toEqual(noHawkbitSettings);
        expect(await told(adapter)).toEqual([]);
      },
    );
    expect(await told(adapter)).toHaveLength(1);
  });
}
