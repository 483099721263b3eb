import { liveState } from '../live';
import { text } from '../texts';

/** Whether changes show as they happen. */
export function LiveMark({ isShort }: { readonly isShort: boolean }) {
  const state = liveState.value;
  return (
    <span
      class={`live-mark ${state} ${isShort ? 'short' : ''}`}
      role="status"
      title={text.frame.liveHint[state]}
    >
      <span class="live-dot" aria-hidden="true" />
      <span class={isShort ? 'off-screen' : ''}>{text.frame.live[state]}</span>
    </span>
  );
}
