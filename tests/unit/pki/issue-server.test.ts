import { folderWithCa, opensslText } from '../../support/certificate-folder';
import { run } from '../../support/programs';
import { refusal } from '../../support/refusal';

const dayMs = 86_400_000;

describe('the server certificate', () => {
  it('is good for a TLS server under its names and addresses', async () => {
    const { folder, at } = await folderWithCa();
    const { certificate } = await folder.createServer({
      names: ['Updates.Example.com', '*.fleet.example.com', 'bücher.example'],
      ips: ['192.0.2.7', '2001:DB8::0:7'],
    });
    expect(certificate.names).toEqual([
      ...['updates.example.com', '*.fleet.example.com', 'xn--bcher-kva.example'],
      ...['192.0.2.7', '2001:db8::7'],
    ]);
    const verify = (...args: string[]) =>
      run('openssl', ['verify', '-x509_strict', '-CAfile', at('ca.crt'), ...args, at('server.crt')]);
    expect((await verify('-purpose', 'sslserver', '-verify_hostname', 'a.fleet.example.com')).code).toBe(0);
    expect((await verify('-purpose', 'sslserver', '-verify_ip', '2001:db8::7')).code).toBe(0);
    expect((await verify('-purpose', 'sslclient')).code).not.toBe(0);
    expect(await opensslText(at('server.crt'))).toContain(
      'Extended Key Usage: \nTLS Web Server Authentication\n',
    );
  });

  it('is valid for 825 days from now on', async () => {
    const now = new Date('2030-01-01T00:00:00Z');
    const { folder } = await folderWithCa(() => now);
    const { certificate } = await folder.createServer({ names: ['localhost'], ips: [] });
    expect(certificate.notAfter.getTime() - now.getTime()).toBe(825 * dayMs);
  });

  it('covers the machine itself when no name is given', async () => {
    const { folder } = await folderWithCa();
    const { certificate } = await folder.createServer({ names: [], ips: [] });
    expect(certificate.names).toEqual(expect.arrayContaining(['localhost', '127.0.0.1', '::1']));
  });

  it('takes a name that is too long for a common name', async () => {
    const { folder } = await folderWithCa();
    const name = `${'x'.repeat(60)}.${'y'.repeat(60)}.example.com`;
    expect((await folder.createServer({ names: [name], ips: [] })).certificate.names).toEqual([name]);
  });

  it.each([
    'a b',
    'x/y',
    'ä/b',
    '192.0.2.7',
    '1.2',
    '::1',
    '',
    '*.com',
    'a.*.com',
    'a\nb',
    `${'x'.repeat(64)}.com`,
  ])('is refused for the name %j', async (name) => {
    const { folder } = await folderWithCa();
    await expect(folder.createServer({ names: [name], ips: [] })).rejects.toEqual(refusal('invalid-input'));
  });

  it.each(['192.0.2', '300.1.1.1', 'localhost', 'fe80::1%eth0', ''])(
    'is refused for the address %j',
    async (ip) => {
      const { folder } = await folderWithCa();
      await expect(folder.createServer({ names: [], ips: [ip] })).rejects.toEqual(refusal('invalid-input'));
    },
  );
});
