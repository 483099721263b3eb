import { DomainError } from './errors';

/** Waits for something that may not exist. @returns `otherwise` instead of a `not-found` failure; other failures are passed on */
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
