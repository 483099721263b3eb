import type { ReasonParameters } from '../reasons/reason-words';
import type { Circumstance } from '../reasons/why';
import { bundleWarnings } from './bundle-warnings';
import { bundleCircumstances } from './bundles';
import { databaseCircumstances } from './databases';
import { encodingCircumstances } from './encodings';
import { installationCircumstances } from './installations';
import { kitCircumstances } from './kits';
import { manifestCircumstances } from './manifests';
import { nextStepCircumstances } from './next-steps';
import { payloadCircumstances } from './payloads';
import { rolloutCircumstances } from './rollouts';
import { signatureCircumstances } from './signatures';
import { signerCircumstances } from './signers';
import { startupCircumstances } from './startup';

/**
 * Every circumstance, in English. A translation is another table with the same keys. Codes and their parameters are stored: a code may need
 * more parameters later, but is never used for something else.
 */
export const circumstances = {
  ...bundleCircumstances,
  ...bundleWarnings,
  ...databaseCircumstances,
  ...encodingCircumstances,
  ...installationCircumstances,
  ...kitCircumstances,
  ...manifestCircumstances,
  ...nextStepCircumstances,
  ...payloadCircumstances,
  ...rolloutCircumstances,
  ...signatureCircumstances,
  ...signerCircumstances,
  ...startupCircumstances,
};

export type CircumstanceCode = keyof typeof circumstances;

/** What a circumstance's sentence needs; nothing for a function without parameters. */
export type CircumstanceParameters<Code extends CircumstanceCode> =
  Parameters<(typeof circumstances)[Code]> extends readonly [infer Needed extends object, ...unknown[]]
    ? readonly [Needed]
    : readonly [];

/** @param given what the sentence needs; its type follows from the code */
export function circumstance<Code extends CircumstanceCode>(
  code: Code,
  ...[given]: CircumstanceParameters<Code>
): Circumstance<Code> {
  return { code, parameters: { ...(given as ReasonParameters | undefined) } };
}
