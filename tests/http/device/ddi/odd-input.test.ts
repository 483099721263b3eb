import { gzipSync } from 'node:zlib';
import type { HawkbitClient } from '../../../support/hawkbit-client';
import {
  gatewayToken,
  type HawkbitListener,
  startHawkbitListener,
  targetToken,
} from '../../../support/hawkbit-listener';

let listener: HawkbitListener;
let headers: Record<string, string>;
let device: HawkbitClient;
let action: string;

beforeEach(async () => {
  listener = await startHawkbitListener();
  headers = targetToken(await listener.enrol('dev-1'));
  device = listener.client('dev-1', headers);
  ({ action } = await device.links());
});
afterEach(() => listener.close());

const state = async () => (await listener.fleet.latest('dev-1'))?.state;
const post = (body: string | undefined, more: Record<string, string> = {}) =>
  device.request(`${device.base}/deploymentBase/${action}/feedback`, 'POST', body, more);
const proceeding = (more: object = {}) =>
  JSON.stringify({ status: { execution: 'proceeding', result: { finished: 'none' }, ...more } });

describe('feedback that no client should send', () => {
  it.each([
    ['null', 'null'],
    ['a text', '"closed"'],
    ['a number', '1'],
    ['a list', '[{"status":{"execution":"closed","result":{"finished":"success"}}}]'],
    ['no status', '{"status":null}'],
    ['an execution that is a number', '{"status":{"execution":1,"result":{"finished":"none"}}}'],
    ['an execution that is nothing', '{"status":{"execution":null,"result":{"finished":"none"}}}'],
    ['an execution in upper case', '{"status":{"execution":"CLOSED","result":{"finished":"success"}}}'],
    ['a result that is a text', '{"status":{"execution":"closed","result":"success"}}'],
    ['a result in a list', '{"status":{"execution":"closed","result":{"finished":["success"]}}}'],
    [
      'a status for every object',
      '{"__proto__":{"status":{"execution":"closed","result":{"finished":"success"}}}}',
    ],
    ['a hundred thousand lists', '['.repeat(100_000)],
    ['something after it', '{"status":{"execution":"closed","result":{"finished":"success"}}} {}'],
  ])('is refused: %s', async (_, body) => {
    expect((await post(body)).status).toBe(400);
    expect(await state()).toBe('offered');
  });

  it('is refused if it is compressed, or not there', async () => {
    const body = gzipSync(proceeding()).toString('latin1');
    expect((await post(body, { 'content-encoding': 'gzip' })).status).toBe(400);
    expect((await post(undefined)).status).toBe(400);
    expect(await state()).toBe('offered');
  });

  it('is refused if it is a megabyte, and the next one is taken', async () => {
    const details = ['x'.repeat(1 << 20)];
    expect((await post(proceeding({ details }))).status).toBe(413);
    expect(await state()).toBe('offered');
    expect((await post(proceeding())).status).toBe(200);
  });

  it.each([
    ['no details', null],
    ['details that are a text', 'Downloading'],
    ['details that are an object', { 0: 'Downloading' }],
    ['details of every type', [null, 1, {}, [], true, '\ud800', '\0', '']],
  ])('is taken, because only the result counts: %s', async (_, details) => {
    expect((await post(proceeding({ details }))).status).toBe(200);
    expect(await listener.fleet.latest('dev-1')).toMatchObject({ state: 'downloading', message: null });
  });

  it('is read as it was sent, whatever its type is called; of two equal names the last one counts', async () => {
    const twice = '{"status":{"execution":"closed","execution":"proceeding","result":{"finished":"none"}}}';
    for (const type of ['text/xml', 'application/json;charset=UTF-8', 'application/hal+json', 'nonsense'])
      expect((await post(twice, { 'content-type': type })).status).toBe(200);
    expect(await state()).toBe('downloading');
  });
});

describe('addresses', () => {
  it('with a controller id that no device can have are refused, and make no device known', async () => {
    const gateway = gatewayToken(await listener.gatewayToken());
    const statusOf = async (id: string) =>
      (await listener.ask(`/DEFAULT/controller/v1/${id}`, gateway)).status;
    for (const id of [
      'gr%C3%B6%C3%9Fe',
      '%F0%9F%9A%80',
      '%2e%2e',
      'a%2Fb',
      'a%5Cb',
      'a%00',
      'a%20b',
      'a;b',
      '-a',
      'a'.repeat(65),
    ])
      expect([id, await statusOf(id)]).toEqual([id, 400]);
    const { listFleet } = listener.fleet.services;
    const { devices } = await listFleet.list({ sort: 'id', isDescending: false, limit: 10 });
    expect(devices.map((one) => one.device.id)).toEqual(['dev-1']);
    // Upper and lower case are two devices.
    expect(await statusOf('DEV-1')).toBe(200);
    expect(await listener.fleet.seen('DEV-1')).toMatchObject({
      id: 'DEV-1',
      firstContactAt: expect.any(Date) as Date,
    });
    // The gateway stands for devices that have a token of their own, too.
    expect(await statusOf('dev-1')).toBe(200);
  });

  it('are asked with the methods that they have', async () => {
    for (const [method, target, allow] of [
      ['POST', '', 'GET, HEAD'],
      ['POST', '/configData', 'PUT'],
      ['GET', '/configData', 'PUT'],
      ['PUT', `/deploymentBase/${action}`, 'GET, HEAD'],
      ['GET', `/deploymentBase/${action}/feedback`, 'POST'],
      ['PUT', `/cancelAction/${action}/feedback`, 'POST'],
    ] as const) {
      const answer = await device.request(`${device.base}${target}`, method);
      expect([method, target, answer.status, answer.headers['allow']]).toEqual([method, target, 405, allow]);
    }
  });

  it('of polls answer HEAD without a body, and never 304', async () => {
    const head = await device.request(device.base, 'HEAD');
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect(Number(head.headers['content-length'])).toBeGreaterThan(0);
    const again = await device.request(device.base, 'GET', undefined, {
      'if-none-match': '*',
      'if-modified-since': new Date(Date.now() + 86_400_000).toUTCString(),
      range: 'bytes=0-1',
    });
    expect([again.status, JSON.parse(again.body.toString()) as unknown]).toEqual([
      200,
      expect.objectContaining({ config: expect.anything() as unknown }),
    ]);
  });
});

describe('an artifact', () => {
  it('is sent whole, in part or not at all, as its headers say', async () => {
    const { deployment } = await device.deployment();
    const [artifact] = deployment.chunks[0]?.artifacts ?? [];
    const { size = 0, _links: links = {}, hashes } = artifact ?? {};
    const href = links['download']?.href ?? '';
    const etag = `"${hashes?.sha256}"`;
    const ask = async (more: Record<string, string>, method = 'GET') => {
      const answer = await device.request(href, method, undefined, more);
      return [answer.status, answer.body.length, answer.headers['content-range']];
    };
    const whole = [200, size, undefined];
    const nothing = [416, 0, `bytes */${size}`];
    expect(await ask({ range: 'bytes=-5' })).toEqual([206, 5, `bytes ${size - 5}-${size - 1}/${size}`]);
    for (const range of [
      'bytes=-0',
      `bytes=${size}-`,
      `bytes=${size + 1}-${size + 2}`,
      'bytes=99999999999999999999-',
    ])
      expect([range, await ask({ range })]).toEqual([range, nothing]);
    for (const range of ['bytes=a-b', 'bytes=5-1', 'bytes=0-1,5-6', 'lines=0-1', ''])
      expect([range, await ask({ range })]).toEqual([range, whole]);
    expect(await ask({ 'if-none-match': etag })).toEqual([304, 0, undefined]);
    expect(await ask({ 'if-match': '"other"' })).toEqual([412, expect.any(Number), undefined]);
    expect((await ask({ 'if-match': etag, range: 'bytes=0-1' })).slice(0, 2)).toEqual([206, 2]);
    expect((await ask({ 'if-range': etag, range: 'bytes=0-1' })).slice(0, 2)).toEqual([206, 2]);
    expect(await ask({ range: `bytes=${size}-` }, 'HEAD')).toEqual([200, 0, undefined]);
  });
});
