import { BoundedLine } from '../../../../../src/http/device/transport/bounded-line';

it('lets few lines through and counts the others', () => {
  let nowMs = 0;
  const lines: object[] = [];
  const line = new BoundedLine(
    (facts) => lines.push(facts),
    () => new Date(nowMs),
    1000,
  );
  for (; nowMs < 3000; nowMs += 100) line.write({ nowMs }, 'refused');
  expect(lines).toEqual([{ nowMs: 0 }, { nowMs: 1000, leftOut: 9 }, { nowMs: 2000, leftOut: 9 }]);
  nowMs = -5000; // the clock was set back
  line.write({ nowMs }, 'refused');
  expect(lines).toHaveLength(4);
});
