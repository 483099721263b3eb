import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { temporaryFolder } from '../support/programs';
import { cli, startServer, type ServerProcess } from '../support/server-process';

/**
 * The server as built and started by its users, for devices that know it as `ota.test`. Started again after a kill, it keeps
 * its ports and folders.
 */
export class UpdateServer {
  private modules = 0;

  private constructor(
    readonly folder: string,
    private readonly env: Readonly<Record<string, string>>,
    private process: ServerProcess,
  ) {}

  /**
   * @param keyringPath what bundles are verified against
   * @param options of the server, as in its environment
   */
  static async start(
    keyringPath: string,
    options: Readonly<Record<string, string>> = {},
  ): Promise<UpdateServer> {
    const folder = await temporaryFolder();
    await mustCli(folder, 'cert', 'ca');
    await mustCli(folder, 'cert', 'server', '--name', 'ota.test');
    const env = { BUNDLE_KEYRING: keyringPath, ...options };
    return new UpdateServer(folder, env, await startServer({ folder, env }));
  }

  /** Ends it as a power cut or the kernel's memory killer does. */
  async kill(): Promise<void> {
    await this.process.stop('SIGKILL');
  }

  /** Starts it again after `kill`, and resolves when both listeners answer. */
  async startAgain(): Promise<void> {
    this.process = await startServer({
      folder: this.folder,
      args: ['--admin-port', portOf(this.process.adminUrl), '--device-port', portOf(this.process.deviceUrl)],
      env: this.env,
    });
  }

  /** Issues a certificate for a device, and returns its files: the CA's, its own, and its key. */
  async issueDevice(id: string): Promise<readonly string[]> {
    await mustCli(this.folder, 'cert', 'device', id);
    return ['ca.crt', `devices/${id}.crt`, `devices/${id}.key`].map((name) =>
      path.join(this.folder, 'certs', name),
    );
  }

  /** Makes the kit of a device, with a certificate, and returns its archive. */
  async makeKit(id: string, compatible: string, client: 'rauc' | 'hawkbit' = 'rauc'): Promise<string> {
    const options = ['--compatible', compatible, '--server-url', this.deviceUrl, '--out', '.', '--json'];
    options.push('--client', client);
    const made = JSON.parse(await mustCli(this.folder, 'device', 'kit', id, ...options)) as { kit: string };
    return path.resolve(this.folder, made.kit);
  }

  /** Runs a command against it as a person would, and returns what it printed. */
  manage(...command: string[]): Promise<string> {
    return mustCli(this.folder, ...command, '--server', this.process.adminUrl);
  }

  /** Reads from its REST API. */
  async read<T>(address: string): Promise<T> {
    const answer = await fetch(this.process.adminUrl + address, { headers: { Accept: 'application/json' } });
    if (!answer.ok) throw new Error(`${address}: HTTP ${answer.status}`);
    return (await answer.json()) as T;
  }

  /** Posts JSON to its REST API, and returns the status. */
  async post(address: string, body: object): Promise<number> {
    const headers = { Accept: 'application/json', 'Content-Type': 'application/json' };
    const answer = await fetch(this.process.adminUrl + address, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    return answer.status;
  }

  /** Revokes a device's certificates, and resolves when the running server says that it knows. */
  async revokeDevice(id: string): Promise<void> {
    const taken = this.logged('revocations reloaded');
    await mustCli(this.folder, 'cert', 'revoke', id);
    await taken;
  }

  /** The device listener's address as devices write it, without a slash at the end. */
  get deviceUrl(): string {
    return `https://ota.test:${portOf(this.process.deviceUrl)}`;
  }

  /** The listener for hawkBit's clients that have a token, as this machine reaches it. */
  get hawkbitUrl(): string {
    const { hawkbit_url: url } = JSON.parse(this.process.output.stdout) as { hawkbit_url: string };
    return url;
  }

  /** Creates the token of a device, for its `auth_token`. */
  async makeToken(id: string): Promise<string> {
    const made = await this.manage('device', 'token', 'create', id, '--json');
    return (JSON.parse(made) as { token: string }).token;
  }

  /** Publishes a bundle, and returns its address as devices write it. */
  async publish(bundle: string): Promise<string> {
    await mustCli(this.folder, 'bundle', 'upload', '--server', this.process.adminUrl, bundle);
    return `${this.deviceUrl}/bundles/${path.basename(bundle)}`;
  }

  /**
   * Publishes a bundle, and makes it current for a compatible: that of an encrypted bundle only we know.
   * @param policy how it reaches its devices, as options of the command
   */
  async release(bundle: string, compatible: string, policy: readonly string[] = []): Promise<void> {
    await this.manage('bundle', 'upload', '--activate', '--compatible', compatible, ...policy, bundle);
  }

  /**
   * Assigns a bundle to a device as a script for hawkBit does.
   * @param terms of the assignment: its type, its window
   * @returns the number of the action
   */
  async assign(bundle: string, id: string, terms: object = {}): Promise<number> {
    this.modules += 1;
    const made = { name: `module ${this.modules}`, version: '1', type: 'os' };
    const [module] = await this.script<{ id: number }[]>('softwaremodules', [made]);
    const form = new FormData();
    form.set('file', new Blob([await readFile(bundle)]), path.basename(bundle));
    await this.script(`softwaremodules/${module?.id}/artifacts`, form);
    const [set] = await this.script<{ id: number }[]>('distributionsets', [{ ...made, modules: [module] }]);
    const { assignedActions } = await this.script<{ assignedActions: { id: number }[] }>(
      `distributionsets/${set?.id}/assignedTargets`,
      [{ id, ...terms }],
    );
    return assignedActions[0]?.id ?? 0;
  }

  private async script<T>(address: string, body: object): Promise<T> {
    const isForm = body instanceof FormData;
    const answer = await fetch(`${this.process.adminUrl}/rest/v1/${address}`, {
      method: 'POST',
      body: isForm ? body : JSON.stringify(body),
      headers: isForm ? {} : { 'Content-Type': 'application/json' },
    });
    if (!answer.ok) throw new Error(`${address}: HTTP ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** Resolves with the first log line of this message since the start, within 30 s. */
  private logged(message: string): Promise<void> {
    const { process: child, output } = this.process;
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        child.stderr?.off('data', look);
        settle();
      };
      const look = () => {
        if (output.stderr.includes(`"msg":"${message}"`)) finish(resolve);
      };
      const timer = setTimeout(
        () => finish(() => reject(new Error(`no "${message}" in the log:\n${output.stderr}`))),
        30_000,
      );
      child.stderr?.on('data', look);
      look();
    });
  }
}

function portOf(url: string): string {
  return new URL(url).port;
}

async function mustCli(folder: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await cli(folder, ...args);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
  return stdout;
}
