import { releasesBefore } from '../../../src/core/release-before';

/** `v1`: the bundle is made current by a new release; `=2`: release 2 is brought back; `-`: nothing is current any more. */
function linesOf(history: string) {
  const made = new Map<number, string>();
  const lines = history.split(' ').map((word, index) => {
    const id = index + 1;
    if (word === '-') return { id, action: 'deactivate' as const, bundleName: null, releaseId: null };
    const releaseId = word.startsWith('=') ? Number(word.slice(1)) : id;
    const bundleName = made.get(releaseId) ?? word;
    made.set(releaseId, bundleName);
    return { id, action: 'activate' as const, bundleName, releaseId };
  });
  return lines.reverse();
}

const before = (history: string) => {
  const lines = linesOf(history);
  return releasesBefore(lines, lines[0]?.action === 'activate').map(({ releaseId }) => releaseId);
};

describe('the releases that going back leads to', () => {
  it.each([
    ['v1', []],
    ['v1 v2 v3', [2, 1]],
    // Brought back, it stands where it stood.
    ['v1 v2 v3 =2', [1]],
    ['v1 v2 v3 =1', []],
    ['v1 v2 v3 =2 =1', []],
    ['v1 v2 =1 v3', [1]],
    // So does a bundle that is made current again by hand.
    ['v1 v2 v1', []],
    ['v1 v2 v3 v2', [1]],
    // Of one bundle the latest release counts, and the current one is none to go back to.
    ['v1 v1 v2', [2]],
    ['v1 v2 v3 v1', [3, 2]],
    // Where nothing is current, it leads to the last.
    ['v1 v2 -', [2, 1]],
    ['v1 v2 - =2', [1]],
    ['v1 - v2', [1]],
  ])('are, after %s, %p', (history, expected) => {
    expect(before(history)).toEqual(expected);
  });

  it('are none where nothing was ever made current', () => {
    expect(releasesBefore([], true)).toEqual([]);
    expect(releasesBefore([], false)).toEqual([]);
  });

  it('leave out lines that made no release, and lines that lack a part of it', () => {
    const made = { action: 'activate', bundleName: 'v1', releaseId: 1 } as const;
    const lines = [
      { action: 'deactivate', bundleName: 'v4', releaseId: 4 },
      { action: 'activate', bundleName: null, releaseId: 3 },
      { action: 'activate', bundleName: 'v2', releaseId: null },
    ] as const;
    expect(releasesBefore([...lines, made], false)).toEqual([made]);
  });
});
