import { setTimeout as delay } from 'node:timers/promises';
import { openPostgresState, openPostgresTarget } from '../../../src/store/move/postgres-place';
import { startDatabase } from '../../support/postgres';

/** Longer than PostgreSQL lets a transaction of a server be idle. */
const longMs = 33_000;

it('waits for the other place of a large fleet as long as its reading and writing takes', async () => {
  const { url } = await startDatabase('long_copies');
  const source = await openPostgresState(url);
  const target = await openPostgresTarget(url);
  let reads = 0;
  await Promise.all([
    source.read(() => {
      reads += 1;
      return delay(longMs);
    }),
    target.write(() => delay(longMs)),
  ]);
  expect(reads).toBe(1);
  await target.close();
  await source.close();
});
