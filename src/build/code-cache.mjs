import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const recorder = fileURLToPath(new URL('record-code.cjs', import.meta.url));

/**
 * Starts the built server once, in a folder of its own, and keeps what V8 compiled for that beside it. Neither flags nor settings of the
 * build's environment take part: V8 would refuse code that it compiled under other flags.
 * @param dist folder of the built server
 * @throws Error with the server's output if it does not start
 */
export async function writeCodeCache(dist) {
  const folder = await mkdtemp(path.join(tmpdir(), 'rauc-simple-server-build-'));
  try {
    const ports = ['--admin-port', '0', '--device-port', '0', '--device-host', '127.0.0.1'];
    const server = spawn(process.execPath, [recorder, dist, 'serve', '--json', ...ports], {
      cwd: folder,
      env: { PATH: process.env.PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = once(server, 'exit');
    let said = '';
    server.stderr.setEncoding('utf8').on('data', (text) => (said += text));
    try {
      const { admin_url } = JSON.parse(await bannerOf(server));
      await fetch(`${admin_url}api/devices`);
    } catch (cause) {
      server.kill('SIGKILL');
      throw new Error(`the built server does not start: ${said}`, { cause });
    }
    server.kill('SIGTERM');
    const [code] = await exited;
    if (code !== 0) throw new Error(`the built server ended with ${code}: ${said}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function bannerOf({ stdout }) {
  let text = '';
  for await (const chunk of stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    text += chunk;
    if (text.trimEnd().endsWith('}')) break;
  }
  stdout.resume();
  return text;
}
