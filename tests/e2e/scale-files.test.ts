import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { loadConfig } from '../../src/config/config';
import { getOption, optionKeys } from '../../src/config/options';
import { readCompose } from '../support/compose-schema';
import { type Container, type Manifest, readManifest } from '../support/kubernetes-schema';
import { haproxyProgram } from '../support/proxy-programs';
import { mustRun, temporaryFolder } from '../support/programs';

const root = path.resolve(__dirname, '../..');
const text = (name: string) => readFile(path.join(root, name), 'utf8');

/** What the image sets, as `NAME=value` in its `ENV`. */
async function imageEnvironment(): Promise<Record<string, string>> {
  const [, lines = ''] =
    /^ENV ((?:.*\\\n)*.*)$/m.exec((await text('Dockerfile')).split(/^FROM /m)[2] ?? '') ?? [];
  const pairs = lines.split(/\s*\\?\n\s*/).map((line) => line.split('=', 2) as [string, string]);
  return Object.fromEntries(pairs);
}

const variables = new Set<string>(optionKeys.map((key) => getOption(key).env));

describe('compose.scale.yaml', () => {
  const filled = {
    SERVER_URL: 'https://updates.example.com',
    DATABASE_PASSWORD: 'p',
    S3_ACCESS_KEY: 'k',
    S3_SECRET_KEY: 's',
  };

  /** As `docker compose` fills it in. */
  const readFilled = async (given: Readonly<Record<string, string>> = filled) => {
    const fill = (value: string) =>
      value.replaceAll(
        /(?<!\$)\$\{(\w+)(?::([-?])([^}]*))?\}/g,
        (_, name: string, kind?: string, rest?: string) =>
          given[name] ?? (kind === '-' ? (rest ?? '') : missing(name)),
      );
    const revive = (_: unknown, value: unknown): unknown => (typeof value === 'string' ? fill(value) : value);
    return readCompose(parse(await text('compose.scale.yaml'), revive, { merge: true }));
  };
  const missing = (name: string): never => {
    throw new Error(`${name} is not set`);
  };

  it.each(['server-1', 'server-2'])('starts %s with options that the server accepts', async (name) => {
    const { environment = {} } = (await readFilled()).services[name] ?? {};
    for (const variable of Object.keys(environment)) expect(variables).toContain(variable);
    const env = { ...(await imageEnvironment()), ...environment };
    const config = loadConfig({ env, dotenvPath: null, cwd: '/app' });
    expect(config).toMatchObject({ certsDir: '/certs', dataDir: '/data', shutdownGrace: 45_000 });
  });

  it('gives each server a folder of its own, and lets neither write certificates', async () => {
    const { services, volumes } = await readFilled();
    expect(services['server-1']?.volumes).toEqual(['certs:/certs:ro', 'data-1:/data']);
    expect(services['server-2']?.volumes).toEqual(['certs:/certs:ro', 'data-2:/data']);
    const named = Object.values(services).flatMap((service) => service.volumes ?? []);
    const used = named
      .map((volume) => volume.split(':', 1)[0] ?? '')
      .filter((volume) => !volume.startsWith('.'));
    expect(new Set(used)).toEqual(new Set(Object.keys(volumes)));
  });

  it('opens the device port to all, and the admin port to this machine', async () => {
    const { services } = await readFilled();
    const open = Object.entries(services).filter(([, service]) => service.ports !== undefined);
    expect(open.map(([name, service]) => [name, service.ports])).toEqual([
      ['balancer', ['8443:8443', '127.0.0.1:8080:8080']],
    ]);
  });

  it('believes the balancer alone, at the address that it has', async () => {
    const { services, networks } = await readFilled();
    const address = services.balancer?.networks?.default?.ipv4_address ?? '';
    expect(networks.default.ipam.config[0].subnet).toBe(address.replace(/\d+$/, '0/24'));
    for (const name of ['server-1', 'server-2'])
      expect(services[name]?.environment).toMatchObject({
        PROXY_PROTOCOL_FROM: address,
        TRUSTED_PROXIES: address,
      });
  });

  it.each(Object.keys(filled))('names %s if it is not set', async (name) => {
    const others = Object.fromEntries(Object.entries(filled).filter(([other]) => other !== name));
    await expect(readFilled(others)).rejects.toThrow(`${name} is not set`);
  });

  it('has a configuration of HAProxy that HAProxy accepts, with each server in it', async () => {
    const configuration = await text('docs/scale/haproxy.cfg');
    const { services } = await readFilled();
    const servers = Object.keys(services).filter((name) => name.startsWith('server-'));
    const lines = [...configuration.matchAll(/^ {4}server (\S+) (\S+)$/gm)].map(([, name, at]) => [name, at]);
    expect(lines).toEqual([8443, 8080].flatMap((port) => servers.map((name) => [name, `${name}:${port}`])));
    const file = path.join(await temporaryFolder(), 'haproxy.cfg');
    await writeFile(file, configuration.replaceAll(/ server-\d:/g, ' 127.0.0.1:')); // nobody resolves the names here
    expect((await mustRun(haproxyProgram, ['-c', '-f', file])).stderr).not.toContain('WARNING');
  });
});

describe('docs/scale/kubernetes.yaml', () => {
  const readAll = async () => {
    const documents = parseAllDocuments(await text('docs/scale/kubernetes.yaml'));
    return documents.map((document) => readManifest(document.toJS()));
  };
  async function read<K extends Manifest['kind']>(kind: K) {
    const found = (await readAll()).filter((manifest) => manifest.kind === kind);
    return found as Extract<Manifest, { kind: K }>[];
  }
  async function deployment() {
    const [found] = await read('Deployment');
    if (found === undefined) throw new Error('there is no deployment');
    const { containers, initContainers } = found.spec.template.spec;
    const [server] = containers as [Container];
    return { ...found.spec, pod: found.spec.template.spec, server, all: [...containers, ...initContainers] };
  }

  it('has only fields that Kubernetes knows', async () => {
    expect((await readAll()).map(({ kind }) => kind)).toEqual([
      'ConfigMap',
      'ServiceAccount',
      'Deployment',
      'PodDisruptionBudget',
      'Service',
      'Service',
    ]);
    expect(() =>
      readManifest({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, dta: {} }),
    ).toThrow();
  });

  it('starts servers with options that the server accepts', async () => {
    const [{ data } = { data: {} }] = await read('ConfigMap');
    const secrets = {
      DATABASE_URL: 'postgres://u:p@db/n',
      AWS_ACCESS_KEY_ID: 'k',
      AWS_SECRET_ACCESS_KEY: 's',
    };
    for (const variable of Object.keys({ ...data, ...secrets })) expect(variables).toContain(variable);
    const instructions = (await text('docs/scale/kubernetes.yaml')).split('apiVersion', 1)[0];
    for (const variable of Object.keys(secrets)) expect(instructions).toContain(`${variable}=`);
    const env = { ...(await imageEnvironment()), ...data, ...secrets };
    const config = loadConfig({ env, dotenvPath: null, cwd: '/app' });
    const { pod } = await deployment();
    expect(config.shutdownGrace / 1_000).toBeLessThan(pod.terminationGracePeriodSeconds);
  });

  it('keeps enough servers when nodes are drained and while a new version starts', async () => {
    const { replicas, strategy, selector, template } = await deployment();
    const [budget] = await read('PodDisruptionBudget');
    expect(budget?.spec.selector).toEqual(selector);
    expect(template.metadata.labels).toMatchObject(selector.matchLabels);
    expect(budget?.spec.minAvailable).toBeLessThan(replicas);
    expect(strategy.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
  });

  it('asks servers by ports that they have, and restarts none because its database is away', async () => {
    const { server, template } = await deployment();
    const ports = new Map(server.ports?.map((port) => [port.name, port.containerPort]));
    expect(ports).toEqual(
      new Map([
        ['devices', 8443],
        ['admin', 8080],
      ]),
    );
    expect(server.readinessProbe).toMatchObject({ httpGet: { path: '/health', port: 'admin' } });
    expect(server.livenessProbe).toMatchObject({ tcpSocket: { port: 'admin' } });
    for (const { spec } of await read('Service')) {
      expect(template.metadata.labels).toMatchObject(spec.selector);
      for (const { targetPort, port } of spec.ports) expect(ports.get(targetPort)).toBe(port);
    }
  });

  it('opens the device port alone, and keeps the addresses of devices', async () => {
    const outside = (await read('Service')).filter(({ spec }) => spec.type !== 'ClusterIP');
    expect(
      outside.map(({ spec }) => [spec.externalTrafficPolicy, spec.ports.map(({ port }) => port)]),
    ).toEqual([['Local', [8443]]]);
  });

  it('runs without privileges', async () => {
    const { pod, all } = await deployment();
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true },
    });
    for (const container of all)
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    const mounted = new Set(all.flatMap(({ volumeMounts }) => volumeMounts.map(({ name }) => name)));
    expect(mounted).toEqual(new Set(pod.volumes.map(({ name }) => name)));
  });
});
