import type { Bundle } from '../../core/bundle';
import type { Finding } from '../../core/inspection';
import { bundleNotes } from '../../core/notes/bundles';

/** Warns about a bundle that devices would download and then refuse. Says nothing while the check is running. */
export function warnOfImages({ name, imageCheck }: Bundle): readonly Finding[] {
  if (imageCheck.state !== 'mismatch') return [];
  const message = bundleNotes.imagesMismatch(name, imageCheck.files);
  return [{ code: 'images-mismatch', message }];
}
