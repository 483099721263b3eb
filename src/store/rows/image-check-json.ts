import { z } from 'zod';
import { whyInJson } from './why-columns';
import { notYetChecked, type StoredImageCheck } from '../../core/image-check';

const imageCheck: z.ZodType<StoredImageCheck> = z.discriminatedUnion('state', [
  z.object({ state: z.literal('being-checked'), tries: z.number() }),
  z.object({ state: z.literal('sound') }),
  z.object({ state: z.literal('mismatch'), files: z.array(z.string()) }),
  z.object({ state: z.literal('not-checked'), reason: whyInJson }),
]);

/** The image check as the JSON in a bundle's row. */
export function imageCheckToJson(value: StoredImageCheck): string {
  return JSON.stringify(value);
}

/**
 * @param json `null` in a row from a version that checked no images
 * @throws Error for text that {@link imageCheckToJson} did not write
 */
export function imageCheckFromJson(json: string | null): StoredImageCheck {
  return json === null ? notYetChecked : imageCheck.parse(JSON.parse(json));
}
