import type { certificateCircumstances } from '../circumstances/certificates';
import { acceptedKeys } from './key-words';
import type { ReasonParameters } from './reason-words';
import type { Circumstance } from './why';

const words = { serverAuth: 'a server certificate', clientAuth: 'a device certificate' } as const;

/** What to do, by the reason why a certificate or a request for one is refused. */
const remedies: Readonly<
  Partial<Record<keyof typeof certificateCircumstances, (parameters: ReasonParameters) => string>>
> = {
  'purpose-not-allowed': ({ purpose }) =>
    `Use a CA without extended key usage, or with clientAuth and serverAuth: it must issue ${words[purpose === 'serverAuth' ? purpose : 'clientAuth']}.`,
  'own-key-not-taken': () => `Create it again with ${acceptedKeys}.`,
  'key-of-ca-not-taken': () => `Use a CA with ${acceptedKeys}.`,
  'path-length-exceeded': () => 'Use the CA above, or leave that CA out of the file.',
  'names-not-allowed': () =>
    'Use a CA whose name constraints allow the ids of devices and the names of the server, or one without.',
  'refused-by-openssl': () => 'Use another CA, or create one with: cert ca.',
};

/** What to do about a certificate that would be refused. */
export function remedyOfCertificate({ code, parameters }: Circumstance): string {
  const remedy = (remedies as Partial<Record<string, (parameters: ReasonParameters) => string>>)[code];
  return remedy === undefined ? 'Create it again.' : remedy(parameters);
}

const requestRemedies: Readonly<Partial<Record<string, string>>> = {
  'request-algorithm-not-taken':
    'Sign it with SHA-256, SHA-384 or SHA-512, for example: openssl req -new -sha256 -key device.key -subj /CN=board-1 -out device.csr',
  'request-signature-wrong': 'It was changed or damaged in transit: create or copy it again.',
  'request-names-several': 'Create it with one, or with none.',
  'request-name-not-text': 'Create it with the device id as common name.',
  'rsa-exponent-too-small': 'Use an RSA key with the exponent 65537.',
};

/** What to do about a refused request for a certificate; by default the key is at fault. */
export function remedyOfRequest({ code }: Circumstance): string {
  return requestRemedies[code] ?? `Use ${acceptedKeys}.`;
}
