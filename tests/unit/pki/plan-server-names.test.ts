import { writeFile } from 'node:fs/promises';
import { folderWithCa, type TestFolder } from '../../support/certificate-folder';
import { refusal } from '../../support/refusal';

const keep = { names: [], ips: [], keepsNames: true, force: true } as const;

async function folderWithServer(names = ['a.example.com', '*.fleet.example.com']): Promise<TestFolder> {
  const made = await folderWithCa();
  await made.folder.createServer({ names, ips: ['192.0.2.7', '2001:db8::7'] });
  return made;
}

describe('a server certificate that replaces another', () => {
  it('keeps the names and addresses that it has, and adds no others by itself', async () => {
    const { folder } = await folderWithServer();
    const { certificate } = await folder.createServer(keep);
    const names = ['a.example.com', '*.fleet.example.com', '192.0.2.7', '2001:db8::7'];
    expect(certificate.names).toEqual(names);
  });

  it('adds the names that are asked for, each once', async () => {
    const { folder } = await folderWithServer(['a.example.com']);
    const request = { ...keep, names: ['A.example.com', 'b.example.com'], ips: ['2001:DB8:0::7'] };
    expect((await folder.createServer(request)).certificate.names).toEqual([
      ...['a.example.com', '192.0.2.7', '2001:db8::7', 'b.example.com'],
    ]);
  });

  it.each([
    ['a host that is missing', 'updates.example.com', ['updates.example.com']],
    ['an address', '[2001:db8::8]', ['2001:db8::8']],
    ['none that a wildcard covers', 'x.fleet.example.com', []],
    ['none that is there', '192.0.2.7', []],
  ])('adds the host of SERVER_URL: %s', async (_, host, added) => {
    const { folder } = await folderWithServer();
    const before = ['a.example.com', '*.fleet.example.com', '192.0.2.7', '2001:db8::7'];
    expect((await folder.createServer({ ...keep, host })).certificate.names).toEqual([...before, ...added]);
  });

  it("covers the host of SERVER_URL beside the machine's own names when it is the first", async () => {
    const { folder } = await folderWithCa();
    const { certificate } = await folder.createServer({ ...keep, host: 'updates.example.com' });
    expect(certificate.names).toEqual(expect.arrayContaining(['localhost', 'updates.example.com']));
  });

  it('drops a name only when it is told to', async () => {
    const { folder } = await folderWithServer();
    const dropNames = ['A.Example.com', '2001:DB8:0::7'];
    const { certificate } = await folder.createServer({ ...keep, dropNames });
    expect(certificate.names).toEqual(['*.fleet.example.com', '192.0.2.7']);
  });

  it.each([
    ['a name that it does not have', { dropNames: ['b.example.com'] }],
    ['the host of SERVER_URL', { dropNames: ['a.example.com'], host: 'a.example.com' }],
    ['a name that is asked for', { dropNames: ['a.example.com'], names: ['a.example.com'] }],
    ['every name', { dropNames: ['a.example.com', '*.fleet.example.com', '192.0.2.7', '2001:db8::7'] }],
  ])('does not drop %s, and changes nothing', async (_, request) => {
    const { folder, read } = await folderWithServer();
    const before = await read('server.crt');
    await expect(folder.createServer({ ...keep, ...request })).rejects.toEqual(refusal('invalid-input'));
    expect(await read('server.crt')).toBe(before);
  });

  it('loses no name when two are made at once', async () => {
    const { folder, x509 } = await folderWithServer(['a.example.com']);
    await Promise.all(
      ['b', 'c'].map((name) => folder.createServer({ ...keep, names: [`${name}.example.com`] })),
    );
    const text = (await x509('server.crt')).subjectAltName;
    for (const name of ['a', 'b', 'c']) expect(text).toContain(`DNS:${name}.example.com`);
  });

  it('keeps an RSA key for the devices that need one, unless another is asked for', async () => {
    const { folder } = await folderWithCa();
    await folder.createServer({ names: ['localhost'], ips: [], key: 'rsa' });
    expect((await folder.createServer(keep)).certificate.keyAlgorithm).toBe('RSA 3072');
    expect((await folder.createServer({ ...keep, key: 'ec' })).certificate.keyAlgorithm).toBe('EC P-256');
  });

  it('keeps the CA that it is sent with', async () => {
    const { folder, at, read } = await folderWithServer();
    await writeFile(at('server.crt'), (await read('server.crt')) + (await read('ca.crt')));
    await folder.createServer(keep);
    expect((await read('server.crt')).endsWith(await read('ca.crt'))).toBe(true);
  });

  it('takes the place of one that cannot be read, and says that its names are lost', async () => {
    const { folder, at } = await folderWithServer();
    await writeFile(at('server.crt'), 'torn');
    const { certificate, warnings } = await folder.createServer(keep);
    expect(warnings.map(({ code }) => code)).toEqual(['names-unknown']);
    expect(certificate.names).toContain('localhost');
  });

  it('has exactly the names that a program asks for that keeps none', async () => {
    const { folder } = await folderWithServer();
    const { certificate } = await folder.createServer({ names: ['new.example.com'], ips: [], force: true });
    expect(certificate.names).toEqual(['new.example.com']);
  });
});
