import { archiveName, surplusArchives } from '../../../src/core/backup';

describe('the name of an archive', () => {
  it('is the time at which it was made, to the second', () => {
    expect(archiveName(new Date('2026-11-27T12:15:07.089Z'))).toBe('rauc-backup-20261127T121507Z.tar');
  });

  it('sorts as the times do', () => {
    const times = ['2026-09-30T23:59:59Z', '2026-10-01T00:00:00Z', '2027-01-01T00:00:00Z'];
    const names = times.map((time) => archiveName(new Date(time)));
    expect([...names].reverse().sort()).toEqual(names);
  });
});

describe('the archives that are too many', () => {
  const names = [1, 2, 3].map((day) => archiveName(new Date(Date.UTC(2026, 10, day))));
  const [oldest, middle, newest] = names as [string, string, string];

  it.each([
    [1, [oldest, middle]],
    [2, [oldest]],
    [3, []],
    [4, []],
  ])('when %d stay are the oldest, in whichever order the folder lists them', (keep, surplus) => {
    expect(surplusArchives([middle, newest, oldest], keep)).toEqual(surplus);
    expect(surplusArchives([newest, middle, oldest], keep)).toEqual(surplus);
  });

  it('are not files of others, however alike their names', () => {
    const others = [
      'notes.txt',
      `old-${oldest}`,
      `${oldest}.part`,
      'rauc-backup-2026T121507Z.tar',
      'rauc-backup-20261127T12Z.tar',
      'rauc-backup-yyyymmddT121507Z.tar',
      'rauc-backup-20261127ThhmmssZ.tar',
      'rauc-backup-20261127T121507Z-tar',
    ];
    expect(surplusArchives([...others, newest], 1)).toEqual([]);
    expect(surplusArchives([...others, middle, newest], 1)).toEqual([middle]);
  });
});
