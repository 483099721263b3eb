import { z } from 'zod';
import type { Actor } from '../../core/event';
import { bundleNameMaxLength, compatibleMaxLength } from '../../core/bundle';

export const bundleName = z.string().min(1).max(bundleNameMaxLength);
export const compatible = z.string().min(1).max(compatibleMaxLength);
/** A form sends an empty field where a person typed nothing. */
export const optionalCompatible = z
  .string()
  .max(compatibleMaxLength)
  .optional()
  .transform((text) => (text === '' ? undefined : text));

const yes = ['true', '1', 'on'] as const;
const no = ['false', '0', 'off', ''] as const;
/** A yes or no of a form: anything else is refused, because a misread `activate` reaches devices. */
export const flag = z
  .union([z.boolean(), z.enum([...yes, ...no])])
  .optional()
  .transform((value) => value === true || yes.some((word) => word === value));

/** Who asks, as the fields of a request to a service. */
export function by({ name, address }: Actor): { readonly actor: string; readonly address: string | null } {
  return { actor: name, address };
}
