import type { Why } from '../reasons/why';
import { bundleWarnings } from './bundle-warnings';
import { bundleCircumstances } from './bundles';
import { encodingCircumstances } from './encodings';
import { manifestCircumstances } from './manifests';
import { payloadCircumstances } from './payloads';
import { sentenceFrom } from './sentence-from';
import { signatureCircumstances } from './signatures';
import { signerCircumstances } from './signers';

/** What is found in a bundle. Problems say it, too, so nothing that makes a problem may be imported here. */
export const findingCircumstances = {
  ...bundleCircumstances,
  ...bundleWarnings,
  ...encodingCircumstances,
  ...manifestCircumstances,
  ...payloadCircumstances,
  ...signatureCircumstances,
  ...signerCircumstances,
};

/** Makes the sentence of what is found in a bundle; for one of another version without words here, it is the code. */
export function sayFinding(finding: Why): string {
  return typeof finding === 'string'
    ? finding
    : (sentenceFrom(findingCircumstances, finding, sayFinding) ?? finding.code);
}
