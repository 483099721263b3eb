import { useState } from 'preact/hooks';
import type { AboutJson } from '../../../contract/server';
import { CreateDeviceToken } from '../../parts/device-token/token-dialogs';
import { TokenActions } from '../../parts/device-token/token-actions';
import { TokenFacts } from '../../parts/device-token/token-facts';
import { useDeviceToken } from '../../parts/device-token/use-device-token';
import { Loaded } from '../../parts/loaded';
import { EmptyState, Section } from '../../parts/page';
import { text } from '../../texts';
import type { Data } from '../../use-data';

const words = text.deviceTokens;

/** The token that all clients of hawkBit may share. */
export function GatewayToken({ about }: { readonly about: Data<AboutJson> }) {
  const [isCreating, setCreating] = useState(false);
  const token = useDeviceToken(null);
  const off = isOff(about.value) && <p class="muted">{words.off}</p>;
  return (
    <Section
      id="gateway"
      title={words.gatewayTitle}
      actions={
        token.value?.exists === true ? (
          <TokenActions holder={null} onChange={token.reload} />
        ) : (
          <button type="button" onClick={() => setCreating(true)}>
            {words.createGateway}
          </button>
        )
      }
    >
      <p class="muted section-hint">{words.gatewayHint}</p>
      <Loaded data={token}>
        {(state) =>
          state.exists ? (
            <>
              <TokenFacts state={state} />
              {off}
            </>
          ) : (
            <EmptyState title={words.none}>{off}</EmptyState>
          )
        }
      </Loaded>
      {isCreating && (
        <CreateDeviceToken holder={null} onDone={token.reload} onClose={() => setCreating(false)} />
      )}
    </Section>
  );
}

/** Whether no listener takes tokens; false until it is known. */
function isOff(about: AboutJson | null): boolean {
  return about?.options.some(({ name, value }) => name === 'HAWKBIT_PORT' && value === null) ?? false;
}
