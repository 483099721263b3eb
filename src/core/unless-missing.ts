import { DomainError } from './errors';

/** Waits for what may not exist. @returns `otherwise` in the place of a failure with `not-found`; passes on all others */
export async function unlessMissing<Found, Otherwise>(
  found: Promise<Found>,
  otherwise: Otherwise,
): Promise<Found | Otherwise> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'not-found') return otherwise;
    throw error;
  }
}
