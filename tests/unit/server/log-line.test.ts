import { pino } from 'pino';
import { readableLine } from '../../../src/server/log-line';

/** What pino writes, made readable. */
function logged(log: (logger: pino.Logger) => void): string {
  let written = '';
  const timestamp = () => `,"time":${Date.UTC(2026, 10, 2, 12, 0, 0, 500)}`;
  log(pino({ level: 'trace', timestamp }, { write: (line) => (written += readableLine(line)) }));
  return written;
}

describe('a readable line of the log', () => {
  it('has time, level, message and facts, and nothing of the process', () => {
    const line = logged((log) => log.info({ port: 8080, device: 'board-1', labels: ['a b'] }, 'listening'));
    expect(line).toBe('2026-11-02T12:00:00Z info  listening  port=8080 device=board-1 labels=["a b"]\n');
  });

  it.each(['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const)('names the level %s', (level) => {
    expect(logged((log) => log[level]({}, 'hello'))).toBe(`2026-11-02T12:00:00Z ${level.padEnd(5)} hello\n`);
  });

  it('shows the stack of an error below it', () => {
    const err = Object.assign(new Error('disk is full'), { stack: 'Error: disk is full\n    at write' });
    expect(logged((log) => log.error({ err }, 'request failed'))).toBe(
      '2026-11-02T12:00:00Z error request failed  err="disk is full"\n  Error: disk is full\n      at write\n',
    );
  });

  it('lets no text of others command the terminal, or pass for a line of its own', () => {
    const path = '/\u001b[2J\u202e\n2026-11-02T12:00:00Z fatal forged';
    const line = logged((log) => log.info({ path }, 'request\n\u009b31m'));
    expect(line).not.toMatch(/[\u001b\u009b\u202e]/);
    expect(line.match(/\n/g)).toHaveLength(1);
  });

  it('puts quotes around what would not end at the next blank', () => {
    const line = logged((log) => log.info({ a: 'b c=d', empty: '', none: null }, 'x'));
    expect(line).toContain('a="b c=d" empty="" none=null');
  });

  it('hands on what is not a line of a log', () => {
    expect(readableLine('hello\n')).toBe('hello\n');
  });
});
