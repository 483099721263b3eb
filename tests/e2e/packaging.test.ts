import { execFile, spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { DockerfileParser } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { parse } from 'yaml';
import { freePort } from '../support/loopback-ports';

const run = promisify(execFile);
const root = path.resolve(__dirname, '../..');

function text(name: string): Promise<string> {
  return readFile(path.join(root, name), 'utf8');
}

describe('Dockerfile', () => {
  it('has no finding of the linter', async () => {
    expect(validate(await text('Dockerfile'))).toEqual([]);
  });

  it('runs as a user without privileges, with health check and volumes', async () => {
    const dockerfile = DockerfileParser.parse(await text('Dockerfile'));
    const instructions = dockerfile
      .getInstructions()
      .map((i) => `${i.getKeyword()} ${i.getArgumentsContent() ?? ''}`);
    expect(instructions).toContain('USER node');
    expect(instructions).toContain('VOLUME ["/certs", "/data"]');
    expect(instructions.some((line) => line.startsWith('HEALTHCHECK '))).toBe(true);
  });

  it('builds with its own commands from the files it copies, then starts, is healthy and stops', async () => {
    const dockerfile = DockerfileParser.parse(await text('Dockerfile'));
    const app = await mkdtemp(path.join(tmpdir(), 'rss-image-'));
    try {
      for (const copy of dockerfile.getCOPYs()) {
        const words = copy.getArguments().map((argument) => argument.getValue());
        if (copy.getFlags().length > 0) continue;
        for (const source of words.slice(0, -1)) {
          await cp(path.join(root, source), path.join(app, source), { recursive: true });
        }
      }
      const commands = dockerfile
        .getInstructions()
        .filter((i) => i.getKeyword() === 'RUN')
        .map((i) => i.getArgumentsContent() ?? '');
      for (const command of commands.filter((c) => c.startsWith('npm '))) {
        await run('sh', ['-c', command], { cwd: app, maxBuffer: 1 << 24 });
      }
      const account = commands.filter((c) => !c.startsWith('npm '));
      expect(account).toEqual(['install -d -o node -g node -m 0700 /certs /data']);

      const [adminPort, devicePort] = [await freePort(), await freePort()];
      const env = {
        ...process.env,
        CERTS_DIR: path.join(app, 'certs'),
        DATA_DIR: path.join(app, 'data'),
        ADMIN_HOST: '0.0.0.0',
        ADMIN_PORT: String(adminPort),
        DEVICE_PORT: String(devicePort),
        DEVICE_HOST: '127.0.0.1',
        LOG_LEVEL: 'warn',
      };
      const entry = path.join(app, 'bin/rauc-simple-server.js');

      await expect(run('node', [entry, 'serve'], { cwd: app, env })).rejects.toMatchObject({ code: 2 });
      await run('node', [entry, 'token', 'create', 'me', '--scope', 'admin'], { cwd: app, env });

      const server = spawn('node', [entry, 'serve'], { cwd: app, env, stdio: ['ignore', 'pipe', 'inherit'] });
      const exited = new Promise<number | null>((resolve) => server.once('exit', resolve));
      try {
        await new Promise((resolve) => server.stdout.once('data', resolve));
        const check = dockerfile.getHEALTHCHECKs()[0]?.getArgumentsContent() ?? '';
        const words = JSON.parse(check.slice(check.indexOf('['))) as string[];
        expect(words[0]).toBe('node');
        await run('node', words.slice(1), { env });
      } finally {
        server.kill('SIGTERM');
      }
      expect(await exited).toBe(0);
    } finally {
      await rm(app, { recursive: true, force: true });
    }
  }, 240_000);
});

describe('compose.yaml', () => {
  it('publishes the admin port on loopback only, and keeps certs and data in volumes', async () => {
    const { server } = (
      parse(await text('compose.yaml')) as { services: { server: Record<string, unknown> } }
    ).services;
    const ports = server.ports as string[];
    expect(ports.filter((port) => port.endsWith(':8080'))).toEqual(['127.0.0.1:8080:8080']);
    expect(server).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      volumes: ['certs:/certs', 'data:/data'],
    });
  });
});

describe('.dockerignore', () => {
  it('lets in every file that the Dockerfile copies, and no key or bundle', async () => {
    const allowed = (await text('.dockerignore')).split('\n').filter((line) => line.startsWith('!'));
    const copied = DockerfileParser.parse(await text('Dockerfile'))
      .getCOPYs()
      .filter((copy) => copy.getFlags().length === 0)
      .flatMap((copy) => copy.getArguments().slice(0, -1))
      .map((argument) => `!${argument.getValue()}`);
    expect(new Set(allowed)).toEqual(new Set(copied));
  });
});

describe('the systemd unit', () => {
  it('is valid and confines the server', async () => {
    const unit = path.join(root, 'docs/rauc-simple-server.service');
    const verified = await run('systemd-analyze', ['verify', '--man=no', unit]);
    expect(verified.stdout + verified.stderr).toBe('');
    const { stdout } = await run('systemd-analyze', [
      'security',
      '--offline=yes',
      '--no-pager',
      '--threshold=25',
      unit,
    ]);
    expect(stdout).toMatch(/Overall exposure level/);
  });
});

describe("the kit's systemd units", () => {
  it('are valid, and confine what asks the server', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'rss-units-'));
    try {
      const kit = path.join(root, 'bin/device-kit/root');
      const names = await readdir(path.join(kit, 'etc/systemd/system'));
      for (const name of names) {
        const unit = await text(`bin/device-kit/root/etc/systemd/system/${name}`);
        await writeFile(path.join(folder, name), unit.replaceAll('=/usr/local/', `=${kit}/usr/local/`));
      }
      const units = names.map((name) => path.join(folder, name));
      expect(units).toHaveLength(5);
      const verified = await run('systemd-analyze', ['verify', '--man=no', ...units]);
      expect(verified.stdout + verified.stderr).toBe('');
      const poll = path.join(folder, 'rauc-update-poll.service');
      await run('systemd-analyze', ['security', '--offline=yes', '--no-pager', '--threshold=50', poll]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('test:setup', () => {
  it('names what is missing and fails where it may not install it', async () => {
    const shims = await mkdtemp(path.join(tmpdir(), 'rss-shims-'));
    try {
      const shim = (name: string, line: string) =>
        writeFile(path.join(shims, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
      await shim('id', 'echo 1000');
      await shim('dpkg-query', 'case "$*" in *" rauc" | *" squashfs-tools") exit 1 ;; esac; echo installed');
      await shim('apt-get', 'echo apt-get was called; exit 99');
      const env = { ...process.env, PATH: `${shims}:${process.env['PATH'] ?? ''}` };
      await expect(run('sh', ['tests/setup.sh'], { cwd: root, env })).rejects.toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(
          /missing: rauc squashfs-tools\n.*apt-get install rauc squashfs-tools/,
        ) as string,
      });
    } finally {
      await rm(shims, { recursive: true, force: true });
    }
  });
});

describe('shell scripts', () => {
  it('are shellcheck clean', async () => {
    const kit = (await readdir(path.join(root, 'bin/device-kit'), { recursive: true, withFileTypes: true }))
      .filter(
        (entry) =>
          entry.isFile() &&
          /^(install\.sh|system-info|ask-server|hawkbit-config|rauc-update-[a-z-]+)$/.test(entry.name),
      )
      .map(({ parentPath, name }) => path.join(parentPath, name));
    expect(kit).toHaveLength(9);
    await run('shellcheck', ['tests/setup.sh', '.ci/run', '.ci/check-package', ...kit], { cwd: root });
  });
});
