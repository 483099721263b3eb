import type { Why } from '../reasons/why';
import { archiveCircumstances } from './archives';
import { certificateCircumstances } from './certificates';
import { deviceCertificateCircumstances } from './device-certificates';
import { encodingCircumstances } from './encodings';
import { receiverCircumstances } from './receivers';
import { sentenceFrom } from './sentence-from';

/** Circumstances within the sentence of a refusal; they need no other noun's words. */
export const refusalCircumstances = {
  ...archiveCircumstances,
  ...certificateCircumstances,
  ...deviceCertificateCircumstances,
  ...encodingCircumstances,
  ...receiverCircumstances,
};

/** The words of such a circumstance; what is a name or another text stays as it is. */
export function sayRefusal(why: Why): string {
  return typeof why === 'string' ? why : (sentenceFrom(refusalCircumstances, why, sayRefusal) ?? why.code);
}
