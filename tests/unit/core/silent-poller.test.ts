import { omittedHeaders, unprovenDownloads, untoldTries } from '../../../src/core/silent-poller';
import { bundleWithImage, installationOf, madeAt } from '../../support/fleet-factory';

const downloading = installationOf({ state: 'downloading', startedAt: madeAt, attempts: 2, bytesSent: 9 });

describe('what a poll leaves out', () => {
  it.each([
    [{}, ['boot-id', 'system-version']],
    [{ bootId: 'b' }, ['system-version']],
    [{ systemVersion: '1' }, ['boot-id']],
    [{ bootId: 'b', systemVersion: '1' }, []],
  ])('of %j is %j', (facts, omitted) => {
    expect(omittedHeaders(facts)).toEqual(omitted);
  });
});

describe('downloads of which nobody knows what came', () => {
  it.each([
    ['a poller that tells enough', [], downloading],
    ['a device without a poller', null, downloading],
    ['a device that was offered nothing', ['boot-id'], null],
    ['an offer that was not taken', ['boot-id'], installationOf()],
    ['an update that is proven', ['boot-id'], { ...downloading, state: 'proven' }],
    ['what a person has cleared', ['boot-id'], { ...downloading, clearedAt: madeAt }],
  ] as const)('are none of %s', (_, omits, installation) => {
    expect(unprovenDownloads(omits, installation)).toBeNull();
  });

  it('are those of the latest bundle, and know whether it failed', () => {
    expect(unprovenDownloads(['boot-id'], downloading)).toMatchObject({ attempts: 2, isFailure: false });
    expect(unprovenDownloads(['boot-id'], { ...downloading, state: 'failed' })?.isFailure).toBe(true);
  });
});

describe('the tries that downloads come to', () => {
  it('are whole downloads', () => {
    const { sizeBytes } = bundleWithImage();
    expect(untoldTries({ attempts: 2, bytesSent: 2 * sizeBytes }, bundleWithImage())).toBe(2);
  });

  it('are not those that were cut short, but what these come to together', () => {
    const { sizeBytes } = bundleWithImage();
    expect(untoldTries({ attempts: 5, bytesSent: sizeBytes / 2 }, bundleWithImage())).toBe(0);
    expect(untoldTries({ attempts: 5, bytesSent: 2.5 * sizeBytes }, bundleWithImage())).toBe(2);
  });

  it('are no more than were begun, however often blocks are read', () => {
    expect(untoldTries({ attempts: 1, bytesSent: 4 * bundleWithImage().sizeBytes }, bundleWithImage())).toBe(
      1,
    );
  });

  it('are all that were begun of an adaptive bundle, of which hardly a byte is read again', () => {
    expect(untoldTries({ attempts: 3, bytesSent: 10 }, bundleWithImage(['block-hash-index']))).toBe(3);
  });
});
