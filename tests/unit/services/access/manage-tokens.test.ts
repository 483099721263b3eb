import { randomBytes } from 'node:crypto';
import { createManageTokens } from '../../../../src/services/access/manage-tokens';
import { refusal } from '../../../support/refusal';
import { type OpenedServices, openServices, steppingClock } from '../../../support/services';
import { isInDatabase, openTokens, refuseLines } from '../../../support/test-database';

let opened: OpenedServices;
beforeEach(async () => {
  opened = await openServices();
});
afterEach(() => opened.close());

it('makes a secret that is shown once and stored as its hash alone', async () => {
  const { secret, token } = await opened.services.manageTokens.create({
    name: 'ci',
    scope: 'publish',
    actor: 'cli:me',
  });
  expect(secret).toMatch(/^rss_[A-Za-z0-9_-]{43}$/);
  expect(await opened.services.manageTokens.find(secret)).toEqual(token);
  expect(await opened.services.manageTokens.list()).toEqual([token]);
  expect(await isInDatabase(opened.dataDir, token.name)).toBe(true);
  expect(await isInDatabase(opened.dataDir, secret.slice(4))).toBe(false);
});

it('lists them by name, as people count', async () => {
  for (const name of ['ci-10', 'ci-9'])
    await opened.services.manageTokens.create({ name, scope: 'read', actor: 'local' });
  expect((await opened.services.manageTokens.list()).map(({ name }) => name)).toEqual(['ci-9', 'ci-10']);
});

it('finds no token for another secret', async () => {
  const { secret } = await opened.services.manageTokens.create({ name: 'ci', scope: 'read', actor: 'local' });
  const other = secret.endsWith('A') ? `${secret.slice(0, -1)}B` : `${secret.slice(0, -1)}A`;
  for (const wrong of ['', 'rss_', other, secret.slice(0, -1), `${secret} `, secret.slice(4)]) {
    expect(await opened.services.manageTokens.find(wrong)).toBeUndefined();
  }
});

it('forgets a revoked token at once, but tells that it was', async () => {
  const { manageTokens } = opened.services;
  const { secret } = await manageTokens.create({ name: 'ci', scope: 'admin', actor: 'local' });
  const { revokedAt } = await manageTokens.revoke({ name: 'ci', actor: 'local' });
  expect(await manageTokens.find(secret)).toBeUndefined();
  expect(await manageTokens.list()).toMatchObject([{ name: 'ci', revokedAt }]);
  expect((await manageTokens.revoke({ name: 'ci', actor: 'local' })).revokedAt).toEqual(revokedAt);
  const lines = (await opened.services.readJournal.search({ kinds: ['token.'] }, { limit: 9 })).events;
  expect(lines.map(({ kind }) => kind)).toEqual(['token.revoked', 'token.created']);
});

it('is told of one revocation, by the first, when two people revoke a token at once', async () => {
  const { manageTokens } = opened.services;
  await manageTokens.create({ name: 'ci', scope: 'admin', actor: 'local' });
  const [first, second] = await Promise.all([
    manageTokens.revoke({ name: 'ci', actor: 'token:ann' }),
    manageTokens.revoke({ name: 'ci', actor: 'token:bob' }),
  ]);
  expect(second.revokedAt).toEqual(first.revokedAt);
  const lines = (await opened.services.readJournal.search({ kinds: ['token.revoked'] }, { limit: 9 })).events;
  expect(lines.map(({ actor }) => actor.name)).toEqual(['token:ann']);
});

it('gives a name to the first of two who make a token of it at once', async () => {
  const { manageTokens } = opened.services;
  const made = await Promise.allSettled([
    manageTokens.create({ name: 'ci', scope: 'read', actor: 'token:ann' }),
    manageTokens.create({ name: 'ci', scope: 'admin', actor: 'token:bob' }),
  ]);
  expect(made).toMatchObject([{ status: 'fulfilled' }, { reason: refusal('conflict') }]);
  expect(await manageTokens.list()).toMatchObject([{ name: 'ci', scope: 'read', createdBy: 'token:ann' }]);
});

it.each(['', 'a b', 'a/b', 'a'.repeat(65), 'é'])('refuses the name %j', async (name) => {
  await expect(opened.services.manageTokens.create({ name, scope: 'read', actor: 'local' })).rejects.toEqual(
    refusal('invalid-input'),
  );
});

it('refuses a name in use and a token that is not there', async () => {
  const { manageTokens } = opened.services;
  await manageTokens.create({ name: 'ci', scope: 'read', actor: 'local' });
  await expect(manageTokens.create({ name: 'ci', scope: 'admin', actor: 'local' })).rejects.toEqual(
    refusal('conflict'),
  );
  await expect(manageTokens.revoke({ name: 'none', actor: 'local' })).rejects.toEqual(refusal('not-found'));
});

it('sees what a token command does to the same folder while the server runs', async () => {
  const store = await openTokens(opened.dataDir);
  const command = createManageTokens({
    tokens: store.tokens,
    now: steppingClock(),
    randomBytes,
  });
  const { secret } = await command.create({ name: 'ci', scope: 'read', actor: 'cli:me' });
  expect((await opened.services.manageTokens.find(secret))?.name).toBe('ci');
  await command.revoke({ name: 'ci', actor: 'cli:me' });
  expect(await opened.services.manageTokens.find(secret)).toBeUndefined();
  await store.close();
});

it('makes and revokes nothing that the journal does not take', async () => {
  const { manageTokens } = opened.services;
  const { secret } = await manageTokens.create({ name: 'ci', scope: 'admin', actor: 'local' });
  await refuseLines(opened.dataDir);
  await expect(manageTokens.revoke({ name: 'ci', actor: 'local' })).rejects.toThrow('no line');
  await expect(manageTokens.create({ name: 'new', scope: 'read', actor: 'local' })).rejects.toThrow(
    'no line',
  );
  expect(await manageTokens.find(secret)).toMatchObject({ name: 'ci', revokedAt: null });
  expect(await manageTokens.list()).toHaveLength(1);
});
