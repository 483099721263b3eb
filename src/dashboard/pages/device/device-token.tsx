import type { DeviceTokenStateJson } from '../../../contract/device-token';
import { TokenActions } from '../../parts/device-token/token-actions';
import { TokenFacts } from '../../parts/device-token/token-facts';
import { Section } from '../../parts/page';
import { text } from '../../texts';
import type { Data } from '../../use-data';

interface DeviceTokenProps {
  readonly id: string;
  readonly token: Data<DeviceTokenStateJson>;
}

/** The token with which a device connects as a client of hawkBit; nothing if it has none. */
export function DeviceToken({ id, token }: DeviceTokenProps) {
  if (token.value?.exists !== true) return null;
  return (
    <Section title={text.deviceTokens.title} actions={<TokenActions holder={id} onChange={token.reload} />}>
      <TokenFacts state={token.value} />
    </Section>
  );
}
