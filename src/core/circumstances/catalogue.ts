import type { ReasonParameters } from '../reasons/reason-words';
import type { Circumstance } from '../reasons/why';
import { archiveCircumstances } from './archives';
import { certificateFileCircumstances } from './certificate-files';
import { certificateWarnings } from './certificate-warnings';
import { certificateCircumstances } from './certificates';
import { dataFolderCircumstances } from './data-folder';
import { databaseCircumstances } from './databases';
import { deviceCertificateCircumstances } from './device-certificates';
import { failureCircumstances } from './failures';
import { findingCircumstances } from './findings';
import { folderRemedies } from './folder-remedies';
import { installationCircumstances } from './installations';
import { kitCircumstances } from './kits';
import { nextStepCircumstances } from './next-steps';
import { receiverCircumstances } from './receivers';
import { rolloutCircumstances } from './rollouts';
import { startupCircumstances } from './startup';

/**
 * Every circumstance, in English. A translation is another table with the same keys. Codes and their parameters are stored: a
 * later version may add parameters to a code, but never changes its meaning.
 */
export const circumstances = {
  ...archiveCircumstances,
  ...certificateCircumstances,
  ...certificateFileCircumstances,
  ...certificateWarnings,
  ...dataFolderCircumstances,
  ...databaseCircumstances,
  ...deviceCertificateCircumstances,
  ...failureCircumstances,
  ...findingCircumstances,
  ...folderRemedies,
  ...installationCircumstances,
  ...kitCircumstances,
  ...nextStepCircumstances,
  ...receiverCircumstances,
  ...rolloutCircumstances,
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
