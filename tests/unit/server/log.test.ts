import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { openLog } from '../../../src/server/log';
import { temporaryFolder } from '../../support/programs';

type Format = Parameters<typeof openLog>[0]['logFormat'];

/** What a log writes of one line. */
async function written(logFormat: Format, isTerminal: boolean): Promise<string> {
  const file = path.join(await temporaryFolder(), 'log');
  const handle = await open(file, 'w');
  try {
    const log = openLog({ logLevel: 'info', logFormat }, { descriptor: handle.fd, isTerminal });
    log.debug('not this');
    log.info({ port: 8080 }, 'listening');
    return await readFile(file, 'utf8');
  } finally {
    await handle.close();
  }
}

const readable = /^\S+Z info {2}listening {2}port=8080\n$/;

describe('the log', () => {
  it.each<[Format, boolean]>([
    ['auto', true],
    ['text', true],
    ['text', false],
  ])('is readable: %s, on a terminal: %s', async (format, isTerminal) => {
    expect(await written(format, isTerminal)).toMatch(readable);
  });

  it.each<[Format, boolean]>([
    ['auto', false],
    ['json', true],
    ['json', false],
  ])('is JSON: %s, on a terminal: %s', async (format, isTerminal) => {
    const line = await written(format, isTerminal);
    expect(line.match(/\n/g)).toHaveLength(1);
    expect(JSON.parse(line)).toMatchObject({ level: 30, msg: 'listening', port: 8080 });
  });
});
