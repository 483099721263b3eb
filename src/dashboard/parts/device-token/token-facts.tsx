import type { DeviceTokenStateJson } from '../../../contract/device-token';
import { text } from '../../texts';
import { Facts } from '../page';
import { Ago, Moment } from '../time';

const words = text.deviceTokens;

/** Who made a token and when, and until when the previous one is valid. */
export function TokenFacts({ state }: { readonly state: DeviceTokenStateJson }) {
  const { created_at: at, created_by: by, previous_until: until } = state;
  return (
    <Facts
      facts={[
        [
          words.made,
          <>
            <Ago at={at} /> {by !== null && <span class="muted small">{words.by(by)}</span>}
          </>,
        ],
        until === null
          ? null
          : [
              words.previous,
              <>
                {words.previousUntil} <Moment at={until} />
              </>,
            ],
      ]}
    />
  );
}
