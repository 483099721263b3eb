import type * as offers from '../../../../src/core/offer';
import { decideOffer } from '../../../../src/core/offer';
import type * as sentences from '../../../../src/core/offer-words';
import { wordsOf } from '../../../../src/core/offer-words';
import { makeBundle } from '../../../support/bundle-factory';
import { askedForManifest, polled } from '../../../support/device-events';
import { said } from '../../../support/said';
import { type OpenedServices, openServices } from '../../../support/services';
import { SimulatedDevice } from '../../../support/simulated-device';

// The real ones, and how often they are called.
jest.mock('../../../../src/core/offer', () => {
  const real = jest.requireActual<typeof offers>('../../../../src/core/offer');
  return { ...real, decideOffer: jest.fn(real.decideOffer) };
});
jest.mock('../../../../src/core/offer-words', () => {
  const real = jest.requireActual<typeof sentences>('../../../../src/core/offer-words');
  return { ...real, wordsOf: jest.fn(real.wordsOf) };
});

const person = { name: 'local', address: null };
let opened: OpenedServices;
let board: SimulatedDevice;
let at: Date;

beforeEach(async () => {
  at = new Date('2026-11-02T12:00:00Z');
  opened = await openServices({ now: () => at });
  board = new SimulatedDevice(opened.services, 'board-1', { now: () => at });
});
afterEach(() => opened.close());

function wait(seconds: number): void {
  at = new Date(at.getTime() + seconds * 1_000);
}

async function release(version: string, format: 'verity' | 'plain' = 'verity'): Promise<void> {
  const { path } = await makeBundle({ version, format });
  await opened.publish(path, { name: `v${version}.raucb`, activate: true });
}

const ask = (asked: ReturnType<typeof polled>) => opened.services.deviceEvents.take(board.identity, asked);
/** RAUC's poller, which has seen nothing: it may begin to install with just this question. */
const poll = () => ask(polled(board.contact(), null));
const askForManifest = () => ask(askedForManifest(board.contact(), 'test-board'));
const install = (transactionId: string) => ask(polled({ ...board.contact(), transactionId }, null));

/** How often a question was decided, and sentences were made. */
async function costs(question: () => Promise<{ readonly kind: string }>) {
  jest.mocked(decideOffer).mockClear();
  jest.mocked(wordsOf).mockClear();
  const { kind } = await question();
  const decisions = jest.mocked(decideOffer).mock.calls.length;
  return { kind, decisions, sentences: jest.mocked(wordsOf).mock.calls.length };
}
const once = (kind: 'bundle' | 'nothing') => ({ kind, decisions: 1, sentences: 0 });

describe('a question is decided once, and makes no sentence', () => {
  it('when a bundle is offered, told again, and begun', async () => {
    await release('1.0.0');
    for (const seconds of [0, 1, 30, 600]) {
      wait(seconds);
      expect(await costs(poll)).toEqual(once('bundle'));
      expect(await costs(askForManifest)).toEqual(once('bundle'));
    }
    expect(await costs(() => install('t-1'))).toEqual(once('bundle'));
    expect(await costs(() => install('t-1'))).toEqual(once('bundle'));
  });

  it('when there is nothing', async () => {
    expect(await costs(poll)).toEqual(once('nothing'));
    expect(await costs(() => install('t-1'))).toEqual(once('nothing'));
    await release('0.9.0');
    expect(await costs(poll)).toEqual(once('nothing'));
    expect(await costs(askForManifest)).toEqual(once('nothing'));
  });

  it('when this protocol cannot carry it, and nothing is offered by another', async () => {
    await release('1.0.0', 'plain');
    expect(await costs(poll)).toEqual(once('nothing'));
  });

  it('when a pinned device polls', async () => {
    await release('1.0.0');
    await poll();
    await opened.services.manageDevices.pin('board-1', 'v1.0.0.raucb', person);
    await poll();
    expect(await costs(poll)).toEqual(once('bundle'));
  });
});

describe('a question is decided twice', () => {
  it('when another bundle stands that the device may begin with just this question', async () => {
    await release('1.0.0');
    await poll();
    await release('2.0.0');
    wait(1);
    expect(await costs(poll)).toEqual({ kind: 'bundle', decisions: 2, sentences: 0 });
    expect((await opened.services.manageDevices.get('board-1')).installation).toMatchObject({
      bundleName: 'v1.0.0.raucb',
    });
  });

  it('when another protocol may carry what stands', async () => {
    await release('1.0.0', 'plain');
    await askForManifest();
    expect(await costs(poll)).toEqual({ kind: 'nothing', decisions: 2, sentences: 0 });
    expect((await opened.services.manageDevices.get('board-1')).installation).toMatchObject({
      state: 'offered',
    });
  });

  it('when what stands can no longer be installed', async () => {
    await release('1.0.0', 'plain');
    await askForManifest();
    await release('2.0.0');
    expect(await costs(() => install('t-1'))).toEqual({ kind: 'bundle', decisions: 2, sentences: 0 });
  });
});

it('keeps why an offer is withdrawn, and makes no sentence of it', async () => {
  await release('1.0.0');
  await poll();
  await opened.services.manageDevices.hold('board-1', 'on a desk', person);
  expect(await costs(poll)).toEqual({ kind: 'nothing', decisions: 1, sentences: 0 });
  expect((await opened.services.manageDevices.get('board-1')).installation).toMatchObject({
    state: 'withdrawn',
    message: said('held by local: on a desk'),
  });
});
