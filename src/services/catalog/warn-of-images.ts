import { circumstance } from '../../core/circumstances/catalogue';
import type { Bundle } from '../../core/bundle';
import type { Finding } from '../../core/inspection';

/** Warns about a bundle that devices would download and then refuse. Says nothing while the check is running. */
export function warnOfImages({ name, imageCheck }: Bundle): readonly Finding[] {
  if (imageCheck.state !== 'mismatch') return [];
  const { files } = imageCheck;
  return [{ code: 'images-mismatch', message: circumstance('images-mismatch', { name, files }) }];
}
