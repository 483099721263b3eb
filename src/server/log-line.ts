import { z } from 'zod';
import { printable, printableLine } from '../cli/kernel/printable';

/** pino's level numbers, as documented. */
const levels = new Map([
  [10, 'trace'],
  [20, 'debug'],
  [30, 'info'],
  [40, 'warn'],
  [50, 'error'],
  [60, 'fatal'],
]);

const failure = z.looseObject({ message: z.string(), stack: z.string().optional() });
const logged = z.looseObject({
  level: z.number(),
  time: z.number(),
  msg: z.string().default(''),
  err: failure.optional().catch(undefined),
});

/** Fields that are left out, because they are shown elsewhere or are the same in every line. */
const leftOut = new Set(['level', 'time', 'msg', 'err', 'pid', 'hostname']);

/**
 * Makes a line of the log readable: `2026-11-02T12:00:00Z info  listening  adminUrl=http://127.0.0.1:8080/`. An error's stack
 * follows on separate lines. Text from outside cannot send terminal commands.
 * @param json as pino writes it
 */
export function readableLine(json: string): string {
  const parsed = logged.safeParse(parse(json));
  if (!parsed.success) return printable(json);
  const { level, time, msg, err, ...facts } = parsed.data;
  const words = Object.entries(facts)
    .filter(([name]) => !leftOut.has(name))
    .map(([name, value]) => `${name}=${shown(value)}`);
  const at = new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
  const line = [
    `${at} ${(levels.get(level) ?? String(level)).padEnd(5)} ${msg}`,
    ...(words.length === 0 ? [] : [words.join(' ')]),
    ...(err === undefined ? [] : [`err=${shown(err.message)}`]),
  ].join('  ');
  const stack = err?.stack === undefined ? '' : `${printable(err.stack).replaceAll(/^/gm, '  ')}\n`;
  return `${printableLine(line)}\n${stack}`;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}

/** In quotes if the text would not end at the next blank. */
function shown(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"=]+$/.test(value)) return value;
  return JSON.stringify(value);
}
