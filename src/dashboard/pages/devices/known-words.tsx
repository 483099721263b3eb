import type { FleetJson, LabelListJson } from '../../../contract/fleet';
import { useData } from '../../use-data';
import { Suggestions } from '../../parts/suggestions';
import { choicesOf } from './choices';

interface KnownWordsProps {
  /** The id that a field's `list` refers to. */
  readonly id: string;
  readonly of: 'channel' | 'label';
  readonly fleet: FleetJson | null;
}

/** Suggests the channels or labels that devices have. */
export function KnownWords({ id, of, fleet }: KnownWordsProps) {
  const { value: labels } = useData<LabelListJson>(of === 'label' ? '/api/labels' : null, {
    isStale: () => false,
  });
  const values =
    of === 'channel'
      ? choicesOf(fleet, 'channel').map(({ value }) => value)
      : (labels?.labels ?? []).map(({ label }) => label);
  return <Suggestions id={id} values={values} />;
}
