import type { FleetJson } from '../../api/types';
import { useData } from '../../use-data';
import { choicesOf, type LabelsJson } from './choices';

interface SuggestionsProps {
  /** What the `list` of a field names. */
  readonly id: string;
  readonly of: 'channel' | 'label';
  readonly fleet: FleetJson | null;
}

/** What is in use already, for a field where anything may be typed. */
export function Suggestions({ id, of, fleet }: SuggestionsProps) {
  const { value: labels } = useData<LabelsJson>(of === 'label' ? '/api/labels' : null, {
    isStale: () => false,
  });
  const values =
    of === 'channel'
      ? choicesOf(fleet, 'channel').map(({ value }) => value)
      : (labels?.labels ?? []).map(({ label }) => label);
  return (
    <datalist id={id}>
      {values.map((value) => (
        <option key={value} value={value} />
      ))}
    </datalist>
  );
}
