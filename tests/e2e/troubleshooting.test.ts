import { once } from 'node:events';
import { copyFile, readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { makeBundle } from '../support/bundle-factory';
import { type ClientFiles, type DeviceListener, startDeviceListener } from '../support/device-listener';
import { raucSid, run, temporaryFolder } from '../support/programs';
import { streamingConf } from '../support/streaming-conf';
import { type Issue, issue } from '../support/test-pki';

type Files = Pick<ClientFiles, 'ca'> & Partial<ClientFiles>;
interface Situation {
  readonly files: Files;
  readonly port?: number;
}

const bundlePath = '/bundles/bundle.raucb';
const documented = path.join(__dirname, '../../docs/troubleshooting.md');
/** mbedTLS has no program in Debian: its messages were read from a small client of its library. */
const programs = ['curl', 'wget', 'RAUC'] as const;
type Program = (typeof programs)[number];

let listener: DeviceListener;
let authority: string;
let keyring: string;
let conf: string;
const stops: (() => void)[] = [];
/** What a program said, by the situation and its name. */
const shown = new Map<string, string>();

beforeAll(async () => {
  listener = await startDeviceListener();
  authority = await temporaryFolder();
  for (const file of ['ca.crt', 'ca.key'])
    await copyFile(path.join(listener.certsDir, file), path.join(authority, file));
  const bundle = await makeBundle();
  await listener.publish(bundle.path);
  keyring = bundle.keyringPath;
  conf = await streamingConf(await temporaryFolder());
  // All at once: RAUC waits a second before each of five further attempts.
  await Promise.all(
    Object.entries(situations).map(async ([heading, arrange]) => {
      const situation = await arrange();
      for (const [program, text] of await Promise.all(
        programs.map(async (one) => [one, await shownBy(one, situation)] as const),
      ))
        shown.set(`${heading} ${program}`, text);
    }),
  );
});
afterAll(() => {
  for (const stop of stops) stop();
});

async function made(name: string, what: Partial<Issue> = {}): Promise<ClientFiles> {
  const extensions = ['basicConstraints=critical,CA:FALSE', 'extendedKeyUsage=clientAuth'];
  await issue(authority, { name, issuer: 'ca', subject: `/CN=${name}`, extensions, ...what });
  const file = (suffix: string) => path.join(authority, `${name}.${suffix}`);
  return { cert: file('crt'), key: file('key'), ca: path.join(authority, 'ca.crt') };
}

/** A server of the same CA whose certificate is not as ours are. @returns its port */
async function serverWith(name: string, what: Partial<Issue>, names = 'DNS:localhost'): Promise<number> {
  const extensions = ['extendedKeyUsage=serverAuth', `subjectAltName=${names}`];
  const { cert, key } = await made(name, { extensions, ...what });
  const server = createServer({ cert: await readFile(cert), key: await readFile(key) });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  stops.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

const past = ['20200101000000Z', '20210101000000Z'] as const;
const future = ['20700101000000Z', '20800101000000Z'] as const;

/** Each heading of the document that has a table of programs. */
const situations: Readonly<Record<string, () => Promise<Situation>>> = {
  'The connection ends without a message': async () => ({ files: await made('late', { validity: past }) }),
  'The device sends no certificate': async () => ({ files: { ca: (await made('unused')).ca } }),
  '403 Forbidden': async () => {
    const files = await listener.device('lost');
    listener.revoked.add(listener.serials.get('lost') ?? '');
    return { files };
  },
  'The device does not trust the server': async () => {
    const folder = await temporaryFolder();
    const extensions = ['basicConstraints=critical,CA:TRUE'];
    await issue(folder, { name: 'other', subject: '/CN=Other devices', extensions });
    return { files: { ...(await made('moved')), ca: path.join(folder, 'other.crt') } };
  },
  "The server's certificate does not cover the name": async () => ({
    files: await made('misled'),
    port: await serverWith('named', {}, 'DNS:updates.example.com'),
  }),
  "The server's certificate has expired": async () => ({
    files: await made('good-1'),
    port: await serverWith('old', { validity: past }),
  }),
  "The server's certificate is not yet valid": async () => ({
    files: await made('good-2'),
    port: await serverWith('new', { validity: future }),
  }),
  "The device's key does not match its certificate": async () => ({
    files: { ...(await made('mixed')), key: (await made('mixed-2')).key },
  }),
  'Nothing is listening there': async () => ({ files: await made('early'), port: 1 }),
};

/** TLS 1.2, where a program has the choice: there a refusal is part of the handshake, and looks the same each time. */
async function shownBy(program: Program, { files, port }: Situation): Promise<string> {
  const { ca, cert, key } = files;
  const url = `https://localhost:${port ?? listener.server.address.port}${bundlePath}`;
  const pair = (certOption: string, keyOption: string) =>
    cert === undefined || key === undefined ? [] : [certOption, cert, keyOption, key];
  const [name, args] = (
    {
      curl: [
        'curl',
        ['-sS', '--fail', '--tls-max', '1.2', '--cacert', ca, ...pair('--cert', '--key'), '-o', '/dev/null'],
      ],
      wget: [
        'wget',
        [
          ...['--tries=1', '--ciphers=NORMAL:-VERS-TLS1.3', '-O', '/dev/null', '--ca-certificate', ca],
          ...pair('--certificate', '--private-key'),
        ],
      ],
      RAUC: [
        raucSid,
        [
          ...['info', `--conf=${conf}`, `--keyring=${keyring}`, `--tls-ca=${ca}`],
          ...(cert === undefined || key === undefined ? [] : [`--tls-cert=${cert}`, `--tls-key=${key}`]),
        ],
      ],
    } as const
  )[program];
  const { code, stderr } = await run(name, [...args, url]);
  expect(code).not.toBe(0);
  return stderr;
}

/** The messages of a program in the table below a heading; in those of RAUC the first is what `rauc` itself says. */
async function messagesOf(heading: string, program: string): Promise<readonly string[]> {
  const section = (await readFile(documented, 'utf8')).split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const row = section.split('\n').find((line) => line.startsWith(`| ${program} |`)) ?? '';
  return [...row.matchAll(/`([^`]+)`/g)].map(([, message = '']) => message);
}

function isIn(text: string, message: string): boolean {
  const parts = message.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(parts.join('.*')).test(text);
}

it('has a table for each situation that is tried here, and for no other', async () => {
  const text = await readFile(documented, 'utf8');
  const headings = [...text.matchAll(/^## (.+)\n\n\| program/gm)].map(([, heading]) => heading);
  expect(headings).toEqual(Object.keys(situations));
});

describe.each(Object.keys(situations))('%s', (heading) => {
  it.each(programs)('is shown by %s as the document says', async (program) => {
    const [first = '', ...others] = await messagesOf(heading, program);
    const text = shown.get(`${heading} ${program}`) ?? '';
    const expected = [first, ...others].filter((message) => isIn(text, message));
    if (expected.length === 0)
      throw new Error(`${program} showed neither ${first} nor any other, but:\n${text}`);
    if (program !== 'RAUC') return;
    expect(expected).toContain(first);
    // How a connection ended is a matter of moments; a reason that RAUC gives is the same each time.
    if (others.length === 1) expect(expected).toContain(others[0]);
  });

  it('is shown by mbedTLS in some way', async () => {
    expect(await messagesOf(heading, 'mbedTLS')).not.toEqual([]);
  });
});
