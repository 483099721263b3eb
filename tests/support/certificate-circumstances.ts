import { circumstance, type CircumstanceParameters } from '../../src/core/circumstances/catalogue';
import type { archiveCircumstances } from '../../src/core/circumstances/archives';
import type { certificateCircumstances } from '../../src/core/circumstances/certificates';

const short = circumstance('rsa-key-of-size', { bits: 1024 });

/** What each circumstance of certificates and archives may need. */
export const certificateSamples: {
  readonly [
    Code in keyof typeof archiveCircumstances | keyof typeof certificateCircumstances
  ]: CircumstanceParameters<Code>;
} = {
  'rsa-key-of-size': [{ bits: 1024 }],
  'ec-curve-written-out': [],
  'ec-key-on-curve': [{ curve: null }],
  'key-of-kind': [{ kind: null }],
  'key-of-unknown-kind': [],
  'purpose-not-allowed': [{ purpose: 'clientAuth' }],
  'own-key-not-taken': [{ key: short }],
  'key-of-ca-not-taken': [{ key: short }],
  'path-length-exceeded': [],
  'names-not-allowed': [],
  'refused-by-openssl': [{ verdict: 'CERT_REJECTED' }],
  'request-algorithm-not-taken': [],
  'request-signature-wrong': [],
  'request-names-several': [],
  'request-name-not-text': [],
  'rsa-exponent-too-small': [],
  'ca-file': [],
  'ca-key': [],
  'certificate-of-this-ca': [{ role: 'device' }],
  'this-certificate': [{ role: 'server' }],
  'entry-misplaced': [{ name: 'server.db' }],
  'contents-too-long': [],
  'archive-cut-short': [],
  'entry-changed': [{ name: 'server.db' }],
};
