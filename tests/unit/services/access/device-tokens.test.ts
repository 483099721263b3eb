import type * as crypto from 'node:crypto';
import { timingSafeEqual } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { importTokensBody } from '../../../../src/contract/device-token';
import { gateway } from '../../../../src/core/device-token';
import { createImportTokens } from '../../../../src/services/access/import-tokens';
import { person } from '../../../support/released-fleet';
import { type OpenedServices, openServices } from '../../../support/services';
import { isInDatabase, runSql } from '../../../support/test-database';

jest.mock('node:crypto', () => {
  const real = jest.requireActual<typeof crypto>('node:crypto');
  return { ...real, timingSafeEqual: jest.fn(real.timingSafeEqual) };
});
const compare = jest.mocked(timingSafeEqual);

const board = { kind: 'device', id: 'a' } as const;
let now: Date;
let opened: OpenedServices;
const keyFile = () => path.join(opened.dataDir, '../certs/device-tokens.key');
beforeEach(async () => {
  now = new Date('2026-11-02T12:00:00Z');
  opened = await openServices({ now: () => now });
  await opened.services.manageDevices.create('a', {}, person);
});
afterEach(() => opened.close());

const pass = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000);
};

it('makes a token that can be shown again and is nowhere in the database', async () => {
  const { deviceTokens } = opened.services;
  const made = await deviceTokens.create(board, {}, person);
  expect(made.token).toMatch(/^[0-9a-f]{32}$/);
  expect(await deviceTokens.show(board)).toEqual(made);
  expect(await deviceTokens.check(board, made.token)).toBe(true);
  expect(await isInDatabase(opened.dataDir, board.id)).toBe(true);
  expect(await isInDatabase(opened.dataDir, made.token)).toBe(false);
});

it('compares in constant time, for holders without a token too, and with the one before as well', async () => {
  const { deviceTokens } = opened.services;
  const { token } = await deviceTokens.create(board, {}, person);
  for (const [holder, given] of [
    [board, token],
    [board, 'wrong'],
    [gateway, token],
  ] as const) {
    compare.mockClear();
    await deviceTokens.check(holder, given);
    expect(compare.mock.calls.map((pair) => pair.map(({ byteLength }) => byteLength))).toEqual([
      [32, 32],
      [32, 32],
    ]);
  }
});

it('accepts the last two tokens for as long as they overlap, and no third', async () => {
  const { deviceTokens } = opened.services;
  const tokens = [(await deviceTokens.create(board, {}, person)).token];
  const valid = () => Promise.all(tokens.map((token) => deviceTokens.check(board, token)));
  expect(await valid()).toEqual([true]);
  tokens.push((await deviceTokens.rotate(board, { overlapMs: 60_000 }, person)).token);
  expect(await valid()).toEqual([true, true]);
  pass(59);
  expect(await valid()).toEqual([true, true]);
  pass(1);
  expect(await valid()).toEqual([false, true]);
  expect(await deviceTokens.show(board)).toMatchObject({ previousUntil: null });
  tokens.push((await deviceTokens.rotate(board, {}, person)).token);
  tokens.push((await deviceTokens.rotate(board, {}, person)).token);
  expect(await valid()).toEqual([false, false, true, true]);
  tokens.push((await deviceTokens.rotate(board, { overlapMs: 0 }, person)).token);
  expect(await valid()).toEqual([false, false, false, false, true]);
});

it('refuses what is not a token, a second one, and one of nobody', async () => {
  const { deviceTokens } = opened.services;
  for (const token of ['short', 'with spaces in between', 'x'.repeat(257), 'ünïcödé-is-no-token'])
    await expect(deviceTokens.create(board, { token }, person)).rejects.toMatchObject({
      code: 'invalid-input',
    });
  for (const overlapMs of [-1, NaN, 366 * 86_400_000])
    await expect(deviceTokens.rotate(board, { overlapMs }, person)).rejects.toMatchObject({
      code: 'invalid-input',
    });
  await expect(deviceTokens.rotate(board, {}, person)).rejects.toMatchObject({ code: 'not-found' });
  await deviceTokens.create(board, {}, person);
  await expect(deviceTokens.create(board, {}, person)).rejects.toMatchObject({ code: 'conflict' });
  const nobody = { kind: 'device', id: 'nobody' } as const;
  await expect(deviceTokens.create(nobody, {}, person)).rejects.toMatchObject({ code: 'not-found' });
  await deviceTokens.remove(board, person);
  await expect(deviceTokens.remove(board, person)).rejects.toMatchObject({ code: 'not-found' });
});

it('keeps a token that was moved to another row shut', async () => {
  const { deviceTokens, manageDevices } = opened.services;
  await manageDevices.create('b', {}, person);
  const { token } = await deviceTokens.create(board, {}, person);
  await runSql(
    opened.dataDir,
    "INSERT INTO device_tokens SELECT 'device:b', sealed, created_at, created_by, NULL, NULL FROM device_tokens",
  );
  const other = { kind: 'device', id: 'b' } as const;
  await expect(deviceTokens.check(other, token)).rejects.toMatchObject({ code: 'configuration' });
});

it('makes no second key while tokens of the first are there', async () => {
  const { deviceTokens } = opened.services;
  const { token } = await deviceTokens.create(board, {}, person);
  await deviceTokens.prove();
  await rm(keyFile());
  await expect(deviceTokens.prove()).rejects.toMatchObject({ code: 'configuration' });
  expect(await deviceTokens.describe(board)).toMatchObject({ createdBy: person.name, previousUntil: null });
  await expect(deviceTokens.create(gateway, {}, person)).rejects.toMatchObject({ code: 'configuration' });
  expect(await deviceTokens.removeAll(person)).toBe(1);
  expect(await deviceTokens.check(board, token)).toBe(false);
  await deviceTokens.create(gateway, {}, person);
  await deviceTokens.prove();
});

it('makes no token with another key than that of the tokens that are there', async () => {
  const { deviceTokens } = opened.services;
  const { token } = await deviceTokens.create(board, {}, person);
  const right = await readFile(keyFile());
  await writeFile(keyFile(), `${'0'.repeat(64)}\n`);
  for (const change of [
    () => deviceTokens.create(gateway, {}, person),
    () => deviceTokens.rotate(board, {}, person),
  ])
    await expect(change()).rejects.toMatchObject({ code: 'configuration' });
  await writeFile(keyFile(), right);
  expect((await deviceTokens.show(board)).token).toBe(token);
});

it('takes over the others when one has an id or a token that cannot be one here', async () => {
  const { manageDevices, deviceTokens } = opened.services;
  const take = createImportTokens({ manageDevices, deviceTokens });
  const tokens = [
    { id: 'x'.repeat(65), token: 'the-token-of-board-x' },
    { id: 'c', token: 'too short' },
    { id: 'b', token: 'the-token-of-board-b' },
  ];
  expect(importTokensBody.safeParse({ tokens }).success).toBe(true);
  const { created, changed, failed } = await take(tokens, person);
  expect([created, changed, failed.map(({ id }) => id).sort()]).toEqual([1, 1, ['c', 'x'.repeat(65)]]);
  await expect(deviceTokens.create({ kind: 'device', id: 'c' }, {}, person)).rejects.toMatchObject({
    code: 'not-found',
  });
});

it('takes over devices with their tokens, once', async () => {
  const { manageDevices, deviceTokens } = opened.services;
  const take = createImportTokens({ manageDevices, deviceTokens });
  const tokens = [
    { id: 'a', token: 'the-token-of-board-a' },
    { id: 'b', token: 'the-token-of-board-b' },
  ];
  expect(await take(tokens, person)).toEqual({ created: 1, changed: 2, failed: [] });
  expect(await take(tokens, person)).toEqual({ created: 0, changed: 0, failed: [] });
  expect(await deviceTokens.check({ kind: 'device', id: 'b' }, 'the-token-of-board-b')).toBe(true);
  const changed = [{ id: 'a', token: 'another-one-of-board-a' }];
  expect(await take(changed, person)).toEqual({ created: 0, changed: 1, failed: [] });
  expect(await deviceTokens.check(board, 'the-token-of-board-a')).toBe(true); // for a week
});
