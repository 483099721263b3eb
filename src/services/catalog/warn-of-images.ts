import type { Bundle } from '../../core/bundle';
import type { Finding } from '../../core/inspection';
import { findingOf } from '../../core/reasons/findings';

/** Warns about a bundle that devices would download and then refuse. Says nothing while the check is running. */
export function warnOfImages({ name, imageCheck }: Bundle): readonly Finding[] {
  if (imageCheck.state !== 'mismatch') return [];
  return [findingOf('images-mismatch', { name, files: imageCheck.files })];
}
