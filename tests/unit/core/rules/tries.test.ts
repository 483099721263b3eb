import type { Candidate } from '../../../../src/core/offer-case';
import type { AskingDevice, OfferTerms } from '../../../../src/core/offer-question';
import { noLimits, type ProtocolLimits } from '../../../../src/core/protocol';
import { triesRules } from '../../../../src/core/rules/tries';
import { askingDevice, bundleWithImage, poll, streaming, terms } from '../../../support/fleet-factory';

const bundle = bundleWithImage();
const { sha256, sizeBytes } = bundle;
const released: Candidate = { source: 'release', bundle, release: null, step: null };

interface Asked {
  readonly candidate?: Candidate | undefined;
  readonly limits?: ProtocolLimits;
  readonly terms?: Partial<OfferTerms>;
}

function judge(device: Partial<AskingDevice>, asked: Asked = {}) {
  return triesRules['tries-left']({
    device: askingDevice(device),
    question: { ...poll, limits: asked.limits ?? noLimits },
    terms: { ...terms, ...asked.terms },
    candidate: 'candidate' in asked ? asked.candidate : released,
  });
}

describe('interrupted installations', () => {
  it.each([
    [4, true],
    [5, false],
    [6, false],
  ])('that were %d, where 5 are too many, let the bundle pass: %p', (count, passed) => {
    expect(judge({ interruptions: new Map([[sha256, count]]) }).passed).toBe(passed);
  });

  it('are counted in the reason', () => {
    expect(judge({ interruptions: new Map([[sha256, 7]]) })).toMatchObject({
      code: 'interrupted-before',
      parameters: { count: 7 },
    });
  });

  it('of another bundle do not matter', () => {
    expect(judge({ interruptions: new Map([['f'.repeat(64), 9]]) }).passed).toBe(true);
  });
});

describe('failures', () => {
  it.each([
    [1, true],
    [2, false],
    [3, false],
  ])('that were %d, where 2 are too many, let the bundle pass: %p', (count, passed) => {
    const failures = new Map([[sha256, count]]);
    expect(judge({ failures }, { terms: { maxTries: 2 } })).toMatchObject({ passed, parameters: { count } });
  });

  it('do not matter to what the device was told already, and are no question without a bundle', () => {
    const failures = new Map([[sha256, 9]]);
    expect(judge({ failures }, { candidate: { ...released, source: 'standing' } })).toMatchObject({
      code: 'already-told',
    });
    expect(judge({ failures }, { candidate: undefined })).toMatchObject({ passed: null });
  });
});

describe('whole downloads of which nobody knows what came', () => {
  const downloads = (attempts: number, isFailure = false) => ({
    sha256,
    attempts,
    bytesSent: attempts * sizeBytes,
    isFailure,
  });
  const twice = { limits: streaming, terms: { maxTries: 2 } };

  it.each([
    [1, true],
    [2, false],
    [3, false],
  ])('are tries: %d of them, where 2 are too many, let the bundle pass: %p', (attempts, passed) => {
    expect(judge({ unproven: downloads(attempts) }, twice).passed).toBe(passed);
  });

  it('are counted in the reason', () => {
    expect(judge({ unproven: downloads(3) }, twice)).toMatchObject({
      code: 'downloaded-before',
      parameters: { count: 3 },
    });
  });

  it('come on top of the failures that are known', () => {
    const thrice = { limits: streaming, terms: { maxTries: 3 } };
    const failures = new Map([[sha256, 1]]);
    expect(judge({ failures, unproven: downloads(1) }, thrice).passed).toBe(true);
    expect(judge({ failures, unproven: downloads(2) }, thrice).passed).toBe(false);
  });

  it('are not counted twice when they are one of the failures', () => {
    const failures = new Map([[sha256, 1]]);
    expect(judge({ failures, unproven: downloads(1, true) }, twice).passed).toBe(true);
    expect(judge({ failures, unproven: downloads(1) }, twice).passed).toBe(false);
  });

  it('are no tries where devices tell how an installation ended', () => {
    expect(judge({ unproven: downloads(9) }, { ...twice, limits: noLimits }).passed).toBe(true);
  });

  it('of another bundle are no tries of this one', () => {
    const other = { ...downloads(9), sha256: 'f'.repeat(64) };
    expect(judge({ unproven: other }, twice).passed).toBe(true);
  });

  it('that were cut short come to as many tries as they could have been whole ones', () => {
    const cutShort = (bytesSent: number) => judge({ unproven: { ...downloads(9), bytesSent } }, twice);
    expect(cutShort(1.5 * sizeBytes).passed).toBe(true);
    expect(cutShort(2 * sizeBytes).passed).toBe(false);
  });

  it('do not matter to a device whose failures say it all', () => {
    const failures = new Map([[sha256, 1]]);
    const cutShort = { ...downloads(9), bytesSent: 0 };
    expect(judge({ failures, unproven: cutShort }, twice)).toMatchObject({
      code: 'failures-left',
      parameters: { count: 1 },
    });
  });
});
