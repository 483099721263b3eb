import path from 'node:path';
import { eventually } from '../support/eventually';
import { freePort } from '../support/loopback-ports';
import { mustRun, run, temporaryFolder } from '../support/programs';
import { readHaproxyRecipe, startHaproxy } from '../support/reverse-proxy';
import { cli, startServer } from '../support/server-process';

it('is passed through by HAProxy, and devices keep their own addresses', async () => {
  const { recipe, options } = await readHaproxyRecipe();
  const folder = await temporaryFolder();
  const server = await startServer({ folder, env: { ...options, LOG_LEVEL: 'debug' } });
  expect((await cli(folder, 'cert', 'device', 'board-1')).code).toBe(0);
  const port = await freePort();
  const balancer = await startHaproxy(recipe, { port, to: Number(new URL(server.deviceUrl).port) });
  const at = (name: string) => path.join(folder, 'certs', name);
  const tls = [
    '--cacert',
    at('ca.crt'),
    '--cert',
    at('devices/board-1.crt'),
    '--key',
    at('devices/board-1.key'),
  ];
  const poll = (source: string) =>
    mustRun('curl', [
      ...['-sS', '--fail', '--interface', source, ...tls],
      `https://localhost:${port}/api/v1/manifest.json?compatible=a`,
    ]);
  await poll('127.0.0.9');
  const device = (await (await fetch(`${server.adminUrl}/api/devices/board-1`)).json()) as object;
  expect(device).toMatchObject({ address: '127.0.0.9' });

  // Its own connections are not logged. Refusals are, once a second: with the address of the client.
  const withoutCertificate = ['-sS', '--interface', '127.0.0.8', '--cacert', at('ca.crt')];
  await eventually(async () => {
    expect((await run('curl', [...withoutCertificate, `https://localhost:${port}/`])).code).not.toBe(0);
    return refusals().length > 0;
  });
  expect(refusals()).toMatchObject([{ cause: 'no-certificate', address: '127.0.0.8' }]);
  await balancer.stop();
  await server.stop();

  function refusals(): readonly { readonly address?: string }[] {
    return server.output.stderr
      .split('\n')
      .filter((line) => line.includes('connection refused'))
      .map((line) => JSON.parse(line) as { readonly address?: string })
      .filter(({ address }) => address !== undefined); // one that ends before TLS begins has none
  }
});
