import { FairTurns } from '../../../../../src/http/device/transport/fair-turns';

let turns: FairTurns<string>;
let begun: string[];

beforeEach(() => {
  turns = new FairTurns();
  begun = [];
});

const queue = (holder: string, count: number) => {
  const list = begun; // of this test, also for what begins after it
  for (let i = 1; i <= count; i++) turns.queue(holder, () => list.push(`${holder} ${i}`));
};
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

it('begins nothing in the turn in which it came', async () => {
  queue('a', 1);
  await Promise.resolve();
  expect(begun).toEqual([]);
  await nextTurn();
  expect(begun).toEqual(['a 1']);
});

it('begins a few of each holder in a turn, in the order in which they came', async () => {
  queue('many', 20);
  queue('one', 1);
  await nextTurn();
  expect(begun).toEqual([...Array.from({ length: 2 }, (_, i) => `many ${i + 1}`), 'one 1']);
});

it('begins all of them in the end', async () => {
  queue('many', 20);
  for (let i = 0; i < 10; i++) await nextTurn();
  expect(begun).toEqual(Array.from({ length: 20 }, (_, i) => `many ${i + 1}`));
});

it('takes in what comes while a turn is under way, and begins it in the next', async () => {
  turns.queue('a', () => queue('b', 1));
  await nextTurn();
  expect(begun).toEqual([]);
  await nextTurn();
  expect(begun).toEqual(['b 1']);
});
