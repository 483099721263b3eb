import type { Why } from '../reasons/why';
import { bundleWarnings } from './bundle-warnings';
import { bundleCircumstances } from './bundles';
import { encodingCircumstances } from './encodings';
import { manifestCircumstances } from './manifests';
import { payloadCircumstances } from './payloads';
import { sentenceFrom } from './sentence-from';
import { signatureCircumstances } from './signatures';
import { signerCircumstances } from './signers';

/** What is found in a bundle. Problems contain these sentences, so this file must not import anything that makes a problem. */
export const findingCircumstances = {
  ...bundleCircumstances,
  ...bundleWarnings,
  ...encodingCircumstances,
  ...manifestCircumstances,
  ...payloadCircumstances,
  ...signatureCircumstances,
  ...signerCircumstances,
};

/**
 * Makes the sentence of a finding in a bundle. If another version made it and there are no words for it here, returns its code.
 */
export function sayFinding(finding: Why): string {
  return typeof finding === 'string'
    ? finding
    : (sentenceFrom(findingCircumstances, finding, sayFinding) ?? finding.code);
}
