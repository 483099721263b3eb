import { z } from 'zod';
import { bundleNameMaxLength, compatibleMaxLength } from '../core/bundle';
import { deviceIdMaxLength, wordMaxLength } from '../core/device';

export const bundleName = z.string().min(1).max(bundleNameMaxLength);
export const compatible = z.string().min(1).max(compatibleMaxLength);
export const deviceId = z.string().min(1).max(deviceIdMaxLength);
/** The body of a request without fields. */
export const nothing = z.strictObject({});
/** The reason that people give for a hold, or for stopping a rollout. */
export const reasonBody = z.strictObject({ reason: z.string().max(200).default('') });
/** In hex, as people copy it from other tools. */
export const certificateSerial = z.string().regex(/^[0-9A-Fa-f:]{1,100}$/, 'not a serial number');
/** A channel or a label. */
export const word = z.string().min(1).max(wordMaxLength);
export const wholeNumber = z.string().regex(/^\d{1,15}$/, 'not a whole number');
/** How many entries of a list to return. */
export const pageLimit = wholeNumber.transform(Number).pipe(z.number().min(1).max(1000)).default(100);
/** A form sends an empty text for a field left empty. */
export const optionalCompatible = z
  .string()
  .max(compatibleMaxLength)
  .optional()
  .transform((text) => (text === '' ? undefined : text));

const yes = ['true', '1', 'on'] as const;
const no = ['false', '0', 'off', ''] as const;
/** A yes or no of a form: anything else is refused, because a misread `activate` would reach devices. */
export const flag = z
  .union([z.boolean(), z.enum([...yes, ...no])])
  .optional()
  .transform((value) => value === true || yes.some((word) => word === value));

/** A yes or no of a query; if left out, either value matches. */
export const optionalFlag = z
  .enum([...yes, ...no])
  .transform((value) => yes.some((word) => word === value))
  .optional();
