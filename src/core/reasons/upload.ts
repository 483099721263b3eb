import { counted } from '../../base/text/counted';
import type { Reasons } from './reason-words';

export const uploadReasons = {
  'upload-not-multipart': {
    code: 'unsupported-media-type',
    says: () => 'the upload is not a multipart form',
    remedy: 'Send multipart/form-data with the file in the field "bundle".',
  },
  'upload-too-large': {
    code: 'too-large',
    says: ({ limitBytes }: { limitBytes: number }) => `the upload is larger than ${limitBytes} bytes`,
    remedy: 'Raise UPLOAD_LIMIT if the bundle is meant to be that large.',
  },
  'upload-without-file': {
    code: 'invalid-input',
    says: () => 'the upload has no file in the field "bundle"',
    remedy: 'Send multipart/form-data with the file in the field "bundle".',
  },
  'upload-form-invalid': {
    code: 'invalid-input',
    says: ({ reason }: { reason: string }) => `the upload is not a valid form: ${reason}`,
    remedy:
      'Send one file in the field "bundle", and at most the fields that the OpenAPI document names, each once.',
  },
  'rollout-without-activation': {
    code: 'invalid-input',
    says: () => 'a channel and a rollout policy apply only to a bundle that is activated',
    remedy: 'Activate it as well, or leave them out.',
  },
  'upload-empty': {
    code: 'invalid-input',
    says: () => 'the upload is empty',
  },
  'upload-broke-off': {
    code: 'invalid-input',
    says: () => 'the upload was interrupted',
    remedy: 'Send it again.',
  },
  'bundle-too-large': {
    code: 'too-large',
    says: ({ limitBytes }: { limitBytes: number }) => `the bundle is larger than ${limitBytes} bytes`,
    remedy: 'Raise UPLOAD_LIMIT if you need bundles of this size.',
  },
  'upload-thread-ended': {
    code: 'unavailable',
    says: ({ why }: { why: string }) => `the thread that writes the upload ended early: ${why}`,
    remedy: 'Send it again.',
  },
  'too-many-uploads': {
    code: 'unavailable',
    says: ({ limit }: { limit: number }) =>
      `${counted(limit, 'upload')} ${limit === 1 ? 'is' : 'are'} being received or checked`,
    remedy: 'Try again once another upload has ended.',
  },
} satisfies Reasons;
