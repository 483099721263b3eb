import type { Why } from '../reasons/why';
import { archiveCircumstances } from './archives';
import { certificateCircumstances } from './certificates';
import { deviceCertificateCircumstances } from './device-certificates';
import { encodingCircumstances } from './encodings';
import { receiverCircumstances } from './receivers';
import { sentenceFrom } from './sentence-from';

/** Circumstances within the sentence of a refusal. They do not use the words of other nouns. */
export const refusalCircumstances = {
  ...archiveCircumstances,
  ...certificateCircumstances,
  ...deviceCertificateCircumstances,
  ...encodingCircumstances,
  ...receiverCircumstances,
};

/** The words of such a circumstance. Names and other texts stay as they are. */
export function sayRefusal(why: Why): string {
  return typeof why === 'string' ? why : (sentenceFrom(refusalCircumstances, why, sayRefusal) ?? why.code);
}
