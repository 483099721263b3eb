import { lookOf, type StateCode } from '../../contract/state-looks';
import { stateLabel } from '../format';
import { Icon } from './icon';

/** Shape, word and colour say the same, so that no one depends on the colour. */
export function StateBadge({ state, title }: { readonly state: StateCode; readonly title?: string }) {
  const { tone, shape } = lookOf(state);
  return (
    <span class={`badge ${tone}`} title={title}>
      <Icon name={shape} />
      {stateLabel(state)}
    </span>
  );
}
