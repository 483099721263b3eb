import { DomainError } from '../../../core/errors';

/**
 * Refuses a feature of hawkBit that a script switches on: to ignore it would be to do something else than the script asked for.
 * @param features each by the name of its field
 * @throws DomainError `invalid-input`
 */
export function refuseFeatures(features: Readonly<Record<string, boolean | undefined>>): void {
  for (const [field, isOn] of Object.entries(features))
    if (isOn === true) throw DomainError.of('field-not-supported', { field });
}
