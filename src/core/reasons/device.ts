import type { Reasons } from './reason-words';

const howToName = ({ maxLength }: { maxLength: number }) =>
  `Use letters, digits and ". _ = : @ + -", starting with a letter or digit, at most ${maxLength} characters.`;

const fieldNames = { notes: 'notes', reason: 'a reason' } as const;

/** Texts that people write about a device. */
export type TextField = keyof typeof fieldNames;

export const deviceReasons = {
  'not-a-device-id': {
    code: 'invalid-input',
    says: ({ id }: { id: string }) => `${JSON.stringify(id)} is not a device id`,
    remedy: ({ maxLength }: { maxLength: number }) =>
      `Use letters, digits and ". _ : @ + -", not starting with a dot or dash, at most ${maxLength} characters.`,
  },
  'too-many-labels': {
    code: 'invalid-input',
    says: ({ maxLabels }: { maxLabels: number }) => `a device may have at most ${maxLabels} labels`,
  },
  'controller-is-another': {
    code: 'unauthenticated',
    says: ({ id, controllerId }: { id: string; controllerId: string }) =>
      `the certificate is that of ${id}, not of ${JSON.stringify(controllerId)}`,
    remedy: ({ id }: { id: string }) => `Set the target name of the client to ${id}.`,
  },
  'attributes-invalid': {
    code: 'invalid-input',
    says: ({ problems }: { problems: readonly string[] }) => `invalid attributes: ${problems.join('; ')}`,
    remedy: ({ maxAttributes }: { maxAttributes: number }) =>
      `Send {"data": {name: value}} with 1 to ${maxAttributes} texts.`,
  },
  'feedback-invalid': {
    code: 'invalid-input',
    says: ({ problems }: { problems: readonly string[] }) => `invalid feedback: ${problems.join('; ')}`,
  },
  'action-unknown': {
    code: 'not-found',
    says: ({ action, id }: { action: string; id: string }) =>
      `${id} has no action ${JSON.stringify(action)} for this`,
  },
  'second-board': {
    code: 'forbidden',
    says: ({ id }: { id: string }) => `another board already uses the certificate of ${id}`,
    remedy: 'Issue this board a certificate with its own id.',
  },
  'pin-for-another-compatible': {
    code: 'conflict',
    says: ({
      bundleName,
      own,
      id,
      compatible,
    }: {
      bundleName: string;
      own: string | null;
      id: string;
      compatible: string;
    }) =>
      `${bundleName} is for ${own ?? 'an unknown compatible'}, but the compatible of ${id} is ${compatible}`,
    remedy: "Pin a bundle for the device's compatible.",
  },
  'no-installation-log': {
    code: 'not-found',
    says: ({ installationId }: { installationId: number }) =>
      `there is no log of installation ${installationId}`,
  },
  'nothing-to-call-off': {
    code: 'conflict',
    says: ({ id }: { id: string }) => `${id} has no installation to cancel`,
  },
  'nothing-being-cancelled': {
    code: 'conflict',
    says: ({ id }: { id: string }) => `${id} has no installation that is being cancelled`,
    remedy: 'Cancel it without force first, so that the device is told.',
  },
  'action-needs-value': {
    code: 'invalid-input',
    says: ({ action }: { action: string }) => `${action} needs a value`,
  },
  'device-awaits-admission': {
    code: 'forbidden',
    says: () => 'this device is new and waiting for admission',
  },
  'no-such-device': {
    code: 'not-found',
    says: ({ id }: { id: string }) => `there is no device ${JSON.stringify(id)}`,
    remedy: 'List the devices to see their ids. A device appears at its first contact.',
  },
  'device-id-taken': {
    code: 'conflict',
    says: ({ id }: { id: string }) => `the device ${id} already exists`,
  },
  'not-a-channel': {
    code: 'invalid-input',
    says: ({ word }: { word: string }) => `${JSON.stringify(word)} is not the name of a channel`,
    remedy: howToName,
  },
  'not-a-label': {
    code: 'invalid-input',
    says: ({ word }: { word: string }) => `${JSON.stringify(word)} is not the name of a label`,
    remedy: howToName,
  },
  'text-too-long': {
    code: 'invalid-input',
    says: ({ field, maxLength }: { field: TextField; maxLength: number }) =>
      `${fieldNames[field]} may have at most ${maxLength} characters`,
  },
} satisfies Reasons;
