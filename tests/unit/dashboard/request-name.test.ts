import { loadFunction } from '../../support/page-parts';
import { mustRun } from '../../support/programs';

const nameOfRequest = loadFunction('parts/request-name.ts', 'nameOfRequest', {
  atob,
  TextDecoder,
}) as (pem: string) => string | null;

async function makeRequest(subject: string, ...key: readonly string[]): Promise<string> {
  const { stdout } = await mustRun('openssl', [
    ...['req', '-new', '-utf8', '-nodes', '-keyout', '/dev/null', '-subj', subject],
    ...(key.length === 0 ? ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'] : key),
  ]);
  return stdout;
}

describe('the name in a certificate request', () => {
  it.each([
    ['/CN=board-1', 'board-1'],
    ['/C=DE/O=Acme GmbH/OU=Line 2/CN=gateway:7', 'gateway:7'],
    ['/CN=Gerät/O=Acme', 'Gerät'],
    ['/O=Acme', null],
    ['/CN=one/CN=two', null],
  ])('of %s is %s', async (subject, name) => {
    expect(nameOfRequest(await makeRequest(subject))).toBe(name);
  });

  it('is found beside an RSA key, and between other text', async () => {
    const pem = await makeRequest('/CN=board-1', '-newkey', 'rsa:2048');
    expect(nameOfRequest(`Certificate Request:\n  Data:\n${pem}\n`)).toBe('board-1');
  });

  it('is none in whatever else is pasted, also when it is cut or damaged', async () => {
    const pem = await makeRequest('/CN=board-1');
    const [head = '', ...lines] = pem.trim().split('\n');
    const foot = lines.pop() ?? '';
    expect(nameOfRequest('')).toBeNull();
    expect(nameOfRequest(pem.replaceAll('CERTIFICATE REQUEST', 'CERTIFICATE'))).toBeNull();
    const bytes = Buffer.from(lines.join(''), 'base64');
    for (let length = 0; length < 60; length += 1) {
      const cut = [head, bytes.subarray(0, length).toString('base64'), foot].join('\n');
      expect(nameOfRequest(cut)).toBeNull();
    }
    for (let at = 0; at < 60; at += 1) {
      const damaged = Buffer.from(bytes);
      damaged[at] = 0xff;
      const found = nameOfRequest([head, damaged.toString('base64'), foot].join('\n'));
      expect(found === null || found === 'board-1').toBe(true);
    }
  });
});
