import { attentionKinds } from '../../../src/core/attention-kind';
import { budgets } from '../../../src/core/budget';
import { keyTypes, oldCertificatePolicies } from '../../../src/core/certificate';
import { optionalParts } from '../../../src/core/crash';
import { admissions } from '../../../src/core/device';
import { deviceSorts } from '../../../src/core/device-sort';
import { errorCodes } from '../../../src/core/errors';
import { eventKinds, noSubject, theServer } from '../../../src/core/event';
import { imageCheckStates } from '../../../src/core/image-check';
import { bundleFormats, verdicts } from '../../../src/core/inspection';
import { installationStates } from '../../../src/core/installation-states';
import { kitPollings } from '../../../src/core/kit-polling';
import { limitReasons } from '../../../src/core/offer-verdict';
import { activationActions, defaultChannel } from '../../../src/core/release';
import { reportStates } from '../../../src/core/report';
import { rolloutStates } from '../../../src/core/rollout';
import { provingHeaders } from '../../../src/core/silent-poller';
import { tokenScopes } from '../../../src/core/token';

const lists = {
  activationActions,
  admissions,
  attentionKinds,
  budgets,
  bundleFormats,
  deviceSorts,
  errorCodes,
  eventKinds,
  imageCheckStates,
  installationStates,
  keyTypes,
  kitPollings,
  limitReasons,
  oldCertificatePolicies,
  optionalParts,
  provingHeaders,
  reportStates,
  rolloutStates,
  tokenScopes,
  verdicts,
};

describe('the words that databases, scripts and people share', () => {
  it.each(Object.entries<readonly string[]>(lists))('are words, each of them once: %s', (_name, words) => {
    expect(words.length).toBeGreaterThan(0);
    expect(new Set(words).size).toBe(words.length);
    for (const word of words) expect(word).toMatch(/^[a-z]+([-_.][a-z]+)*$/);
  });

  it('for tokens go from weak to strong', () => {
    expect(tokenScopes).toEqual(['read', 'publish', 'admin']);
  });

  it('of the journal name a noun, and have one for each state of an installation', () => {
    for (const kind of eventKinds) expect(kind).toMatch(/^[a-z]+(-[a-z]+)*\./);
    for (const state of installationStates) expect(eventKinds).toContain(`installation.${state}`);
  });

  it('for what nobody chose are plain', () => {
    expect(defaultChannel).toBe('stable');
    expect(theServer).toEqual({ name: 'server', address: null });
    expect(new Set(Object.values(noSubject))).toEqual(new Set([null]));
  });
});
