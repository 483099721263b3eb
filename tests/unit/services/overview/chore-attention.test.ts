import { choreNames, choreNoticeMs, type ChoreStatus } from '../../../../src/core/chore';
import { DomainError } from '../../../../src/core/errors';
import { ofChores } from '../../../../src/services/overview/chore-attention';
import { withMessage } from '../../../support/with-message';

const since = new Date('2030-01-01T00:00:00Z');
const at = new Date(since.getTime() + choreNoticeMs);
const failingOf = (name: ChoreStatus['name'], error: unknown): ChoreStatus => ({
  name,
  lastSuccessAt: null,
  failures: 3,
  lastDurationMs: 1,
  failing: { since, error },
});

describe('a chore that has failed for a while', () => {
  it('is named by what people lose, with the reason and what to do', () => {
    const error = new DomainError('storage-full', 'the disk is full', { remedy: 'Make room.' });
    const [item] = withMessage(ofChores([failingOf('device-writes', error)], at, null));
    expect(item).toMatchObject({ kind: 'chore-failing', count: 1 });
    for (const words of [
      "The devices' latest activity is not saved",
      '2030-01-01T00:00Z',
      'the disk is full',
      'Make room.',
    ])
      expect(item?.message).toContain(words);
  });

  it('tells nobody what an unexpected error says, which is for the log', () => {
    const error = new Error('/secret/path is broken');
    const [item] = withMessage(ofChores([failingOf('rollouts', error)], at, null));
    expect(item?.message).not.toContain('secret');
    expect(item?.message).toContain("See the server's log");
  });

  it('is not named beside the item that says why nothing can be saved', () => {
    const full = DomainError.of('disk-full', {});
    const chores = [failingOf('device-writes', full), failingOf('rollouts', new Error('broken'))];
    expect(ofChores(chores, at, DomainError.of('disk-full', {}))).toHaveLength(1);
    expect(ofChores(chores, at, DomainError.of('data-folder-read-only', {}))).toHaveLength(2);
    expect(ofChores(chores, at, null)).toHaveLength(2);
  });

  it('is shown after five minutes, and not when it succeeds', () => {
    const failing = failingOf('rollouts', new Error('broken'));
    expect(ofChores([failing], new Date(at.getTime() - 1), null)).toEqual([]);
    expect(ofChores([{ ...failing, failing: null }], at, null)).toEqual([]);
  });

  it('has words for each chore that there is', () => {
    const items = ofChores(
      choreNames.map((name) => failingOf(name, 'broken')),
      at,
      null,
    );
    expect(new Set(withMessage(items).map(({ message }) => message)).size).toBe(choreNames.length);
  });
});
