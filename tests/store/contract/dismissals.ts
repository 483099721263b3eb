import { saying } from '../../../src/core/journal/catalogue';
import { anyReason } from '../../support/any-reason';
import { type ContractAdapter, failAtEachStep, type MakeAdapter, told } from './adapter';

const at = new Date('2026-11-02T12:00:00Z');

/** What every store of dismissals does. */
export function describeDismissalRecords(make: MakeAdapter): void {
  let adapter: ContractAdapter;
  beforeEach(async () => {
    adapter = await make();
  });
  afterEach(() => adapter.close());

  const dismissals = () => adapter.store.dismissals;
  const dismiss = (by: string, ...subjects: readonly string[]) =>
    dismissals().add(
      { kind: 'old-bundle', subjects },
      { kind: 'attention.dismissed', at, actor: { name: by, address: null }, reason: anyReason() },
    );
  const subjects = async () => (await dismissals().all()).map(({ subject }) => subject).sort();

  it('keeps what was dismissed, also over a restart', async () => {
    await dismiss('ann', '1', '2');
    await adapter.reopen();
    expect(await dismissals().all()).toEqual(
      expect.arrayContaining([
        { kind: 'old-bundle', subject: '1' },
        { kind: 'old-bundle', subject: '2' },
      ]),
    );
    expect(await subjects()).toEqual(['1', '2']);
  });

  it('keeps what was shown as a code with parameters', async () => {
    const shown = { code: 'waiting', parameters: { devices: 2 } };
    const reason = saying('attention-dismissed', { kind: 'waiting', item: shown });
    const event = { kind: 'attention.dismissed', at, actor: { name: 'ann', address: null }, reason } as const;
    await dismissals().add({ kind: 'waiting', subjects: ['1'] }, event);
    await adapter.reopen();
    expect(await adapter.store.journal.after(0, 9)).toMatchObject([{ reason }]);
  });

  it('tells of the first of two who dismiss the same at once', async () => {
    await Promise.all([dismiss('ann', '1'), dismiss('bob', '1')]);
    expect(await subjects()).toEqual(['1']);
    expect(await told(adapter)).toEqual(['ann: attention.dismissed']);
  });

  it('takes what is new of two who dismiss partly the same, in whatever order they name it', async () => {
    await Promise.all([dismiss('ann', '1', '2', '3'), dismiss('bob', '4', '3', '2')]);
    expect(await subjects()).toEqual(['1', '2', '3', '4']);
    expect(await told(adapter)).toEqual(['ann: attention.dismissed', 'bob: attention.dismissed']);
  });

  it('dismisses all that was named or nothing', async () => {
    await failAtEachStep(
      adapter,
      () => dismiss('ann', '1', '2'),
      async () => {
        expect([await subjects(), await told(adapter)]).toEqual([[], []]);
      },
    );
    expect(await subjects()).toEqual(['1', '2']);
  });

  it('shows what is not dismissed yet while that hangs', async () => {
    const release = adapter.hang();
    const dismissing = dismiss('ann', '1');
    expect(await subjects()).toEqual([]);
    release();
    await dismissing;
    expect(await subjects()).toEqual(['1']);
  });
}
