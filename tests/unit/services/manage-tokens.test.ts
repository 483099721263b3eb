import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { createManageTokens } from '../../../src/services/manage-tokens';
import { openTokenStore } from '../../../src/store/store';
import { refusal } from '../../support/refusal';
import { type OpenedServices, openServices, steppingClock } from '../../support/services';

let opened: OpenedServices;
beforeEach(async () => {
  opened = await openServices();
});
afterEach(() => opened.close());

it('makes a secret that is shown once and stored as its hash alone', async () => {
  const { secret, token } = opened.services.manageTokens.create({
    name: 'ci',
    scope: 'publish',
    actor: 'cli:me',
  });
  expect(secret).toMatch(/^rss_[A-Za-z0-9_-]{43}$/);
  expect(opened.services.manageTokens.find(secret)).toEqual(token);
  expect(opened.services.manageTokens.list()).toEqual([token]);
  for (const file of ['server.db', 'server.db-wal']) {
    const content = await readFile(path.join(opened.dataDir, file));
    expect(content.includes(secret.slice(4))).toBe(false);
  }
});

it('finds no token for another secret', () => {
  const { secret } = opened.services.manageTokens.create({ name: 'ci', scope: 'read', actor: 'local' });
  const other = secret.endsWith('A') ? `${secret.slice(0, -1)}B` : `${secret.slice(0, -1)}A`;
  for (const wrong of ['', 'rss_', other, secret.slice(0, -1), `${secret} `, secret.slice(4)]) {
    expect(opened.services.manageTokens.find(wrong)).toBeUndefined();
  }
});

it('forgets a revoked token at once, but tells that it was', () => {
  const { manageTokens } = opened.services;
  const { secret } = manageTokens.create({ name: 'ci', scope: 'admin', actor: 'local' });
  const { revokedAt } = manageTokens.revoke({ name: 'ci', actor: 'local' });
  expect(manageTokens.find(secret)).toBeUndefined();
  expect(manageTokens.list()).toMatchObject([{ name: 'ci', revokedAt }]);
  expect(manageTokens.revoke({ name: 'ci', actor: 'local' }).revokedAt).toEqual(revokedAt);
});

it.each(['', 'a b', 'a/b', 'a'.repeat(65), 'é'])('refuses the name %j', (name) => {
  expect(() => opened.services.manageTokens.create({ name, scope: 'read', actor: 'local' })).toThrow(
    refusal('invalid-input'),
  );
});

it('refuses a name in use and a token that is not there', () => {
  const { manageTokens } = opened.services;
  manageTokens.create({ name: 'ci', scope: 'read', actor: 'local' });
  expect(() => manageTokens.create({ name: 'ci', scope: 'admin', actor: 'local' })).toThrow(
    refusal('conflict'),
  );
  expect(() => manageTokens.revoke({ name: 'none', actor: 'local' })).toThrow(refusal('not-found'));
});

it('sees what a token command does to the same folder while the server runs', () => {
  const store = openTokenStore(opened.dataDir);
  const command = createManageTokens({
    records: store.tokens,
    now: steppingClock(),
    randomBytes,
    tell: () => undefined,
  });
  const { secret } = command.create({ name: 'ci', scope: 'read', actor: 'cli:me' });
  expect(opened.services.manageTokens.find(secret)?.name).toBe('ci');
  command.revoke({ name: 'ci', actor: 'cli:me' });
  expect(opened.services.manageTokens.find(secret)).toBeUndefined();
  store.close();
});
