import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { mustRun, temporaryFolder } from './programs';

/** Debian's SWUpdate, where tests/setup.sh unpacks it. */
export const swupdate = path.join(
  process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'),
  'rauc-simple-server/swupdate/usr/bin/swupdate',
);

/** Whoever signs update files: Debian builds SWUpdate for signed ones alone. */
export interface SwuSigner {
  readonly cert: string;
  readonly key: string;
}

export async function makeSwuSigner(): Promise<SwuSigner> {
  const folder = await temporaryFolder();
  const [cert, key] = [path.join(folder, 'signer.crt'), path.join(folder, 'signer.key')];
  const made = ['-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '30'];
  const names = ['-subj', '/CN=signer', '-addext', 'extendedKeyUsage=emailProtection'];
  await mustRun('openssl', ['req', '-x509', ...made, ...names]);
  return { cert, key };
}

/**
 * Makes an update file that writes one file.
 * @param target what the device writes
 * @returns the path of the update file
 */
export async function makeSwu(
  name: string,
  content: string,
  target: string,
  signer: SwuSigner,
): Promise<string> {
  const folder = await temporaryFolder();
  const sha256 = createHash('sha256').update(content).digest('hex');
  const description =
    'software = { version = "2.0.0"; hardware-compatibility = [ "1.0" ];\n' +
    `  files: ( { filename = "content"; path = "${target}"; sha256 = "${sha256}"; } );\n}\n`;
  await writeFile(path.join(folder, 'content'), content);
  await writeFile(path.join(folder, 'sw-description'), description);
  const sign = ['-sign', '-binary', '-nosmimecap', '-outform', 'DER', '-in', 'sw-description'];
  const by = ['-signer', signer.cert, '-inkey', signer.key, '-out', 'sw-description.sig'];
  await mustRun('openssl', ['cms', ...sign, ...by], { cwd: folder });
  const input = ['sw-description', 'sw-description.sig', 'content'].join('\n');
  await mustRun('busybox', ['cpio', '-o', '-H', 'newc', '-F', name], { cwd: folder, input: `${input}\n` });
  return path.join(folder, name);
}

export interface SuricattaOptions {
  /** The server's listener for hawkBit's clients. */
  readonly url: string;
  readonly id: string;
  readonly token: string;
  readonly signer: SwuSigner;
  /** What the device tells about itself. */
  readonly identify: Readonly<Record<string, string>>;
  /** Says after a reboot that the new system works, as a device's start script does. */
  readonly isConfirmed?: boolean;
}

/** SWUpdate as a daemon that asks the server as often as the server says. */
export interface Suricatta {
  /** Its log so far. */
  log(): string;
  stop(): Promise<void>;
}

const running = new Set<Suricatta>();

afterAll(async () => {
  await Promise.all([...running].map((daemon) => daemon.stop()));
});

export async function startSuricatta(options: SuricattaOptions): Promise<Suricatta> {
  const folder = await temporaryFolder();
  await mkdir(path.join(folder, 'tmp'));
  const told = Object.entries(options.identify).map(
    ([name, value]) => `{ name = "${name}"; value = "${value}"; }`,
  );
  const conf = path.join(folder, 'swupdate.cfg');
  const key = `public-key-file = "${options.signer.cert}";`;
  await writeFile(conf, `globals : { verbose = true; ${key} };\nidentify : ( ${told.join(', ')} );\n`);
  const suricatta = ['-t', 'DEFAULT', '-u', options.url, '-i', options.id, '-k', options.token];
  if (options.isConfirmed === true) suricatta.push('-c', '2');
  const child = spawn(swupdate, ['-f', conf, '-H', 'board:1.0', '-u', suricatta.join(' ')], {
    cwd: folder,
    // Its sockets are there.
    env: { ...process.env, TMPDIR: path.join(folder, 'tmp') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (log += text));
  const daemon: Suricatta = {
    log: () => log,
    async stop() {
      running.delete(daemon);
      if (child.exitCode === null && child.signalCode === null) child.kill();
      await exited;
    },
  };
  running.add(daemon);
  await once(child, 'spawn');
  return daemon;
}
