import { loadConfig } from '../../../src/config/config';
import { optionKeys } from '../../../src/config/options';
import { showOption } from '../../../src/config/shown-options';
import { makeBundle } from '../../support/bundle-factory';
import { isOnPostgres } from '../../support/test-database';
import { openAdminListener } from './admin-listener';

const startedAt = new Date('2026-11-02T12:00:00Z');

it('tells what runs here, how it is configured and what is stored', async () => {
  const env = { DEVICE_PORT: '9443', ADMIN_TOKEN: 'rss_very-secret', UPLOAD_LIMIT: '600MB' };
  const config = loadConfig({ env, dotenvPath: null, cwd: '/srv' });
  const now = () => new Date(startedAt.getTime() + 90_500);
  const admin = await openAdminListener({
    now,
    admin: { now },
    administration: ({ facts }) => ({
      facts: { ...facts, startedAt, options: optionKeys.map((key) => showOption(config, key)) },
    }),
  });
  const { bundle } = await admin.opened.publish((await makeBundle()).path, { name: 'a.raucb' });
  const answer = await admin.http.get('/api/about').expect(200);
  expect(answer.body).toMatchObject({
    version: '9.8.7',
    node: process.versions.node,
    sqlite: isOnPostgres ? null : (expect.stringMatching(/^3\./) as string),
    started_at: startedAt.toISOString(),
    uptime_seconds: 90,
    device_url: 'https://updates.test:8443',
    storage: { bundles_bytes: bundle.sizeBytes },
  });
  const { options, storage } = answer.body as {
    options: readonly { readonly name: string }[];
    storage: Readonly<Record<string, number>>;
  };
  if (isOnPostgres)
    expect(storage.database_bytes).toBe(0); // it is elsewhere
  else expect(storage.database_bytes).toBeGreaterThan(4_096);
  expect(storage.free_bytes).toBeGreaterThan(0);
  expect(storage).toMatchObject({
    uploads_bytes: 0,
    other_bytes: expect.any(Number) as number,
    outside_bytes: expect.any(Number) as number,
  });
  const option = (name: string) => options.find((one) => one.name === name);
  expect(option('DEVICE_PORT')).toEqual({
    name: 'DEVICE_PORT',
    value: '9443',
    is_default: false,
    source: 'env',
    secret: false,
    doc: expect.stringContaining('Port of the device listener') as string,
  });
  expect(option('ADMIN_PORT')).toMatchObject({ value: '8080', is_default: true, source: 'default' });
  expect(option('UPLOAD_LIMIT')).toMatchObject({ value: '600MB' });
  expect(option('SERVER_URL')).toMatchObject({ value: null, is_default: true });
  expect(option('ADMIN_TOKEN')).toMatchObject({ value: 'set', secret: true });
  expect(answer.text).not.toContain('very-secret');
  await admin.close();
});
