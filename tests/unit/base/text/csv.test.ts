import { csvLine } from '../../../../src/base/text/csv';

describe('a line of CSV', () => {
  it('ends as RFC 4180 says, and leaves plain values alone', () => {
    expect(csvLine(['board-1', '', '2026-11-02T12:00:00.000Z', '192.0.2.1'])).toBe(
      'board-1,,2026-11-02T12:00:00.000Z,192.0.2.1\r\n',
    );
  });

  it.each([
    ['a comma', 'a,b', '"a,b"'],
    ['a quote', 'say "hi"', '"say ""hi"""'],
    ['a line end', 'one\r\ntwo', '"one\r\ntwo"'],
    ['a semicolon, which separates elsewhere', 'a;=b', '"a;=b"'],
    ['another script', 'Köln', '"Köln"'],
    ['blanks', ' a ', '" a "'],
  ])('quotes a value with %s', (_what, value, written) => {
    expect(csvLine([value])).toBe(`${written}\r\n`);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n1', '  =1', '＝1', '＋1', '－1', '＠1'])(
    'lets no spreadsheet run %j',
    (value) => {
      expect(csvLine([value])).toBe(`"'${value}"\r\n`);
    },
  );

  it.each(['board-1', 'a=b', '1-2', 'x@y'])('gives %j no apostrophe', (value) => {
    expect(csvLine([value])).not.toContain("'");
  });
});
