import path from 'node:path';
import { isLoopback } from '../base/text/loopback';
import { DomainError } from '../core/errors';
import { canBeStored } from '../core/stored-text';
import { readDotenv } from './dotenv-file';
import type { Environment } from './environment';
import { flagName, getOption, optionKeys, type OptionKey, type OptionValue } from './options';
import type { ConfigProblem, ValueSource } from './problem';
import { filePath } from './value-types/text';

/**
 * The typed values of every option. `null` means unset; paths are absolute; `uploadLimit` is in bytes,
 * `shutdownGrace` in milliseconds.
 */
export type Config = { readonly [K in OptionKey]: OptionValue<K> } & {
  readonly sources: Readonly<Record<OptionKey, ValueSource>>;
};

export interface ConfigInput {
  /** By option key: text, or `true`/`false` for a switch; `undefined` when not given. */
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly env: Environment;
  /** Read if it exists; `null` for none. */
  readonly dotenvPath: string | null;
  /** The folder that relative paths start from. */
  readonly cwd: string;
}

/**
 * Assembles the configuration: flags over environment over `.env` over defaults. An empty variable counts as unset.
 * @throws DomainError `configuration` with every problem at once, also as `details.problems` ({@link ConfigProblem})
 */
export function loadConfig(input: ConfigInput): Config {
  const problems: ConfigProblem[] = [];
  const dotenv = readDotenv(input.dotenvPath, problems);
  const values: Record<string, unknown> = {};
  const sources: Record<string, ValueSource> = {};
  for (const key of optionKeys) {
    const found = findText(key, input, dotenv);
    sources[key] = found.source;
    values[key] = found.text === null ? null : parseValue(key, found.text, found.source, input.cwd, problems);
  }
  // Each key was filled from its own line of the table, which is what the type says.
  const config = { ...values, sources } as Config;
  if (problems.length === 0) checkTogether(config, problems);
  if (problems.length > 0) throw configurationError(problems);
  return config;
}

function findText(
  key: OptionKey,
  input: ConfigInput,
  dotenv: Environment,
): { readonly text: string | null; readonly source: ValueSource } {
  const { env, default: defaultText } = getOption(key);
  const flag = input.flags?.[key];
  if (typeof flag === 'string' || typeof flag === 'boolean') return { text: String(flag), source: 'flag' };
  const [inEnvironment, inDotenv] = [input.env[env], dotenv[env]];
  if (inEnvironment !== undefined && inEnvironment !== '') return { text: inEnvironment, source: 'env' };
  if (inDotenv !== undefined && inDotenv !== '') return { text: inDotenv, source: '.env' };
  return { text: defaultText, source: 'default' };
}

function parseValue(
  key: OptionKey,
  text: string,
  source: ValueSource,
  cwd: string,
  problems: ConfigProblem[],
): unknown {
  const option = getOption(key);
  // An empty flag is never intended: it is a mistake in a script, such as --data-dir "$UNSET".
  const isText = canBeStored(text) && !(text === '' && source === 'flag');
  const value = isText ? option.type.parse(text) : undefined;
  if (value === undefined) {
    const shown = option.secret === true ? 'the value' : JSON.stringify(shorten(text));
    problems.push({
      option: option.env,
      source,
      message: `${shown} is not valid: use ${option.type.accepts}`,
    });
    return null;
  }
  return option.type === filePath ? path.resolve(cwd, text) : value;
}

/** Problems that no single value shows. */
function checkTogether(config: Config, problems: ConfigProblem[]): void {
  const { adminHost, adminPort, deviceHost, devicePort, sources } = config;
  const isShared =
    adminHost === deviceHost || [adminHost, deviceHost].some((host) => host === '::' || host === '0.0.0.0');
  if (adminPort !== 0 && adminPort === devicePort && isShared) {
    problems.push({
      option: 'ADMIN_PORT',
      source: sources.adminPort,
      message: `${adminPort} is also the port of the device listener: use different ports`,
    });
  }
  checkHawkbit(config, problems);
  checkFlags(config, problems);
  checkObjectStore(config, problems);
  checkProcesses(config, problems);
  if (config.token !== null && config.tokenFile !== null && sources.token === sources.tokenFile) {
    problems.push({
      option: 'ADMIN_TOKEN',
      source: sources.token,
      message: 'both a token and a token file are set: use only one',
    });
  }
}

/** Secrets in flags, which other users of the machine would see. */
function checkFlags({ sources, databaseUrl, databaseDirectUrl }: Config, problems: ConfigProblem[]): void {
  const typed = (key: OptionKey, what: string) => {
    const option = getOption(key).env;
    if (sources[key] !== 'flag') return;
    const message = `other users can see ${what} on the command line: set the variable ${option} instead`;
    problems.push({ option, source: 'flag', message });
  };
  if (databaseUrl !== null && hasPassword(databaseUrl)) typed('databaseUrl', 'a password');
  if (databaseDirectUrl !== null && hasPassword(databaseDirectUrl)) typed('databaseDirectUrl', 'a password');
  typed('awsSecretAccessKey', 'a secret');
  typed('awsSessionToken', 'a secret');
}

/** With only half of a pair of credentials, the file would silently be used instead. */
function checkObjectStore(config: Config, problems: ConfigProblem[]): void {
  const { bundleStore, awsAccessKeyId, awsSecretAccessKey, sources } = config;
  if (bundleStore === null || (awsAccessKeyId === null) === (awsSecretAccessKey === null)) return;
  const [given, missing] =
    awsAccessKeyId === null
      ? (['awsSecretAccessKey', 'awsAccessKeyId'] as const)
      : (['awsAccessKeyId', 'awsSecretAccessKey'] as const);
  problems.push({
    option: getOption(given).env,
    source: sources[given],
    message: `set ${getOption(missing).env}, too: one is useless without the other`,
  });
}

/** What processes that share their ports need. */
function checkProcesses(config: Config, problems: ConfigProblem[]): void {
  const { processes, databaseUrl, bundleStore, sources } = config;
  if (processes === 1 || (databaseUrl !== null && bundleStore !== null)) return;
  const message =
    databaseUrl === null
      ? 'only one process can use an SQLite database: set DATABASE_URL, or use 1'
      : 'each process must be able to read every bundle: set BUNDLE_STORE, or use 1';
  problems.push({ option: 'PROCESSES', source: sources.processes, message });
}

function hasPassword(url: string): boolean {
  return new URL(url).password !== '';
}

/** Checks the options of the listener for hawkBit's clients, if it is on. */
function checkHawkbit(config: Config, problems: ConfigProblem[]): void {
  const { hawkbitPort, hawkbitHost, hawkbitScheme, adminPort, devicePort, sources } = config;
  if (hawkbitPort === null) return;
  if (hawkbitScheme === 'http' && !isLoopback(hawkbitHost)) {
    problems.push({
      option: 'HAWKBIT_SCHEME',
      source: sources.hawkbitScheme,
      message: `http would send tokens in the clear, and HAWKBIT_HOST is ${hawkbitHost}: set HAWKBIT_HOST to 127.0.0.1 and put a reverse proxy in front of it, or use https`,
    });
  }
  if (hawkbitPort !== 0 && (hawkbitPort === adminPort || hawkbitPort === devicePort)) {
    problems.push({
      option: 'HAWKBIT_PORT',
      source: sources.hawkbitPort,
      message: `${hawkbitPort} is also the port of another listener: use different ports`,
    });
  }
}

function configurationError(problems: readonly ConfigProblem[]): DomainError {
  const lines = problems.map((problem) => {
    const key = optionKeys.find((k) => getOption(k).env === problem.option);
    return `  ${key !== undefined && problem.source === 'flag' ? flagName(key) : problem.option} (${sourceNames[problem.source]}): ${problem.message}`;
  });
  return DomainError.of(
    'configuration-invalid',
    { count: problems.length, lines },
    { details: { problems } },
  );
}

/** The names of the sources for people. */
export const sourceNames: Readonly<Record<ValueSource, string>> = {
  flag: 'flag',
  env: 'environment',
  '.env': '.env file',
  default: 'default',
};

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** The address of the database for what a pooler cannot do: listening, and locks that outlast a transaction. */
export function directDatabaseUrl({
  databaseUrl,
  databaseDirectUrl,
}: Pick<Config, 'databaseUrl' | 'databaseDirectUrl'>): string | null {
  return databaseUrl === null ? null : (databaseDirectUrl ?? databaseUrl);
}

/** The URL that devices use to reach the server: `SERVER_URL`, else this machine; without a trailing slash. */
export function deviceBaseUrl(config: Pick<Config, 'serverUrl'>, devicePort: number): string {
  return config.serverUrl ?? `https://localhost:${devicePort}`;
}
