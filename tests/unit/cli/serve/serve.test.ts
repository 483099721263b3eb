import type { Config } from '../../../../src/config/config';
import type { RunningServer, Wiring } from '../../../../src/cli/kernel/wiring';
import { DomainError } from '../../../../src/core/errors';
import { type CliResult, runCommand, SignalSource } from '../../../support/cli-harness';

const running: RunningServer = {
  adminUrl: 'http://127.0.0.1:8080/',
  hawkbitUrl: null,
  deviceUrl: 'https://localhost:8443/',
  certificateNames: ['localhost', '192.0.2.7'],
  made: ['a CA in certs/ca.crt'],
  warnings: [],
  lacksToken: false,
  crashed: () => undefined,
  close: () => Promise.resolve(),
};

interface Served {
  readonly result: Promise<CliResult>;
  readonly signals: SignalSource;
  readonly started: Promise<Config>;
  closed: boolean;
}

/** Runs `serve` with a server that closes when `mayClose` does. */
function serve(args: readonly string[] = [], mayClose: Promise<void> = Promise.resolve()): Served {
  const signals = new SignalSource();
  let onStart: (config: Config) => void = () => undefined;
  const started = new Promise<Config>((resolve) => (onStart = resolve));
  const wiring: Pick<Wiring, 'serve'> = {
    serve: (config) => {
      onStart(config);
      const close = async () => {
        await mayClose;
        served.closed = true;
      };
      return Promise.resolve({ ...running, close });
    },
  };
  const result = runCommand(['serve', ...args], {
    cwd: '/srv',
    wiring,
    surroundings: signals.surroundings(),
  });
  const served: Served = { result, signals, started, closed: false };
  return served;
}

describe('serve', () => {
  it('says where it listens, what it covers, where things are and what to type next', async () => {
    const { result, signals, started } = serve();
    await started;
    signals.send('SIGTERM');
    const { code, stdout } = await result;
    expect(code).toBe(0);
    for (const fact of [
      'http://127.0.0.1:8080/',
      'https://localhost:8443/',
      'localhost, 192.0.2.7',
      '/srv/data',
      '/srv/certs',
      'a CA in certs/ca.crt',
      'npx rauc-simple-server cert device board-1\n',
    ]) {
      expect(stdout).toContain(fact);
    }
  });

  it('says it as JSON for scripts', async () => {
    const { result, signals, started } = serve(['--json', '--certs-dir', 'my certs']);
    await started;
    signals.send('SIGINT');
    expect(JSON.parse((await result).stdout)).toEqual({
      admin_url: 'http://127.0.0.1:8080/',
      device_url: 'https://localhost:8443/',
      hawkbit_url: null,
      certificate_names: ['localhost', '192.0.2.7'],
      made: ['a CA in certs/ca.crt'],
      warnings: [],
      lacks_token: false,
      data_dir: '/srv/data',
      certs_dir: '/srv/my certs',
      next: "npx rauc-simple-server cert device board-1 --certs-dir 'my certs'",
    });
  });

  it('says what somebody should mend', async () => {
    const signals = new SignalSource();
    const wiring: Pick<Wiring, 'serve'> = {
      serve: () => {
        signals.send('SIGTERM');
        return Promise.resolve({ ...running, warnings: ['/srv/certs/ca.key is open. Run: chmod 600 it'] });
      },
    };
    const { stdout } = await runCommand(['serve'], {
      cwd: '/srv',
      wiring,
      surroundings: signals.surroundings(),
    });
    expect(stdout).toContain('\nwarning: /srv/certs/ca.key is open. Run: chmod 600 it\n');
  });

  it('says how to make the token that people need and do not have', async () => {
    const signals = new SignalSource();
    const wiring: Pick<Wiring, 'serve'> = {
      serve: () => {
        signals.send('SIGTERM');
        return Promise.resolve({ ...running, lacksToken: true });
      },
    };
    const { stdout } = await runCommand(['serve', '--data-dir', 'my data'], {
      cwd: '/srv',
      wiring,
      surroundings: { ...signals.surroundings(), command: 'node /opt/rss.js' },
    });
    expect(stdout).toContain("node /opt/rss.js token create me --scope admin --data-dir 'my data'\n");
  });

  it('takes its flags and hands on typed values', async () => {
    const { result, signals, started } = serve([
      '--device-port',
      '9443',
      '--shutdown-grace',
      '5s',
      '--allow-untrusted',
    ]);
    const config = await started;
    signals.send('SIGTERM');
    await result;
    expect(config).toMatchObject({ devicePort: 9443, shutdownGrace: 5000, allowUntrusted: true });
  });

  it('closes on the first signal and ends with 0', async () => {
    const served = serve();
    await served.started;
    served.signals.send('SIGTERM');
    expect((await served.result).code).toBe(0);
    expect(served.closed).toBe(true);
    expect(served.signals.exits).toEqual([]);
    expect(served.signals.count).toBe(0);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends at once on a second signal (%s)', async (signal, code) => {
    let release: () => void = () => undefined;
    const served = serve([], new Promise((resolve) => (release = resolve)));
    await served.started;
    served.signals.send('SIGTERM');
    expect(served.signals.exits).toEqual([]);
    served.signals.send(signal);
    expect(served.signals.exits).toEqual([code]);
    expect(served.signals.count).toBe(0); // the next one is the system's
    expect(served.closed).toBe(false);
    release();
    await served.result;
  });

  it.each([
    ['closes', () => Promise.resolve()],
    ['can not close', () => Promise.reject(new Error('broken'))],
  ])('notes each exception that nothing caught, %s, and ends once with 70', async (_how, close) => {
    const exits: number[] = [];
    const crashed: unknown[] = [];
    const graces: unknown[] = [];
    let broken: (error: unknown) => void = () => undefined;
    const { code, stderr } = await runCommand(['serve'], {
      cwd: '/srv',
      wiring: {
        serve: () =>
          Promise.resolve({
            ...running,
            crashed: (error: unknown) => crashed.push(error),
            close: (graceMs?: number) => {
              graces.push(graceMs);
              broken('again');
              return close();
            },
          }),
      },
      surroundings: {
        exit: (status) => exits.push(status),
        onUncaughtException: (listener) => {
          broken = listener;
          setImmediate(() => listener('first')); // once it has started
          return () => undefined;
        },
      },
    });
    expect({ code, exits, crashed, graces }).toEqual({
      code: 70,
      exits: [70],
      crashed: ['first', 'again'],
      graces: [1_000],
    });
    expect(stderr).toContain('bug');
  });

  it.each([
    ['is not over', () => new Promise<never>(() => undefined)],
    ['fails by it', () => Promise.reject(new DomainError('unavailable', 'a disk error'))],
  ])('ends with 70 after an exception that nothing caught while the start %s', async (_how, start) => {
    const exits: number[] = [];
    const lost = new DomainError('unavailable', 'the disk kept nothing', { remedy: 'Check the disk.' });
    let broken: (error: unknown) => void = () => undefined;
    const { code, stdout, stderr } = await runCommand(['serve'], {
      cwd: '/srv',
      wiring: {
        serve() {
          broken(lost);
          return start();
        },
      },
      surroundings: {
        exit: (status) => exits.push(status),
        onUncaughtException(listener) {
          broken = listener;
          return () => undefined;
        },
      },
    });
    expect({ code, exits, stdout }).toEqual({ code: 70, exits: [70], stdout: '' });
    expect(stderr).toContain('the disk kept nothing');
    expect(stderr).toContain('Check the disk.');
    expect(stderr).not.toContain('bug');
  });

  it('does not lose a signal that comes during the start', async () => {
    const signals = new SignalSource();
    const closed: string[] = [];
    const wiring: Pick<Wiring, 'serve'> = {
      serve: () => {
        signals.send('SIGTERM');
        const close = () => {
          closed.push('closed');
          return Promise.resolve();
        };
        return Promise.resolve({ ...running, close });
      },
    };
    const { code } = await runCommand(['serve'], {
      cwd: '/srv',
      wiring,
      surroundings: signals.surroundings(),
    });
    expect({ code, closed }).toEqual({ code: 0, closed: ['closed'] });
  });

  it.each([
    new DomainError('configuration', 'port 8443 is taken', { remedy: 'Choose another.' }),
    new DomainError('storage-full', 'the disk is full', { remedy: 'Choose another.' }),
  ])('ends with 2 and the remedy when it can not start (%s)', async (error) => {
    const { code, stdout, stderr } = await runCommand(['serve'], {
      cwd: '/srv',
      wiring: { serve: () => Promise.reject(error) },
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Choose another.');
  });

  it('ends with 2 when the system refuses, and with 70 for a bug', async () => {
    const refused = Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
    const start = (error: Error) =>
      runCommand(['serve'], { cwd: '/srv', wiring: { serve: () => Promise.reject(error) } });
    expect((await start(refused)).code).toBe(2);
    expect((await start(new TypeError('x'))).code).toBe(70);
  });
});
