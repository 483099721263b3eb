import { createDdi, type DdiOptions } from './ddi/ddi';
import { health } from './kernel/health';
import type { Protocol } from './kernel/protocol';
import { bundles } from './rauc/bundles';
import { manifest } from './rauc/manifest';
import { nativePolling } from './rauc/native-polling';
import { status } from './rauc/status';

/** The protocols of the device listener: a new one is a line here. */
export function createDeviceProtocols({ ddi }: { readonly ddi: DdiOptions }): readonly Protocol[] {
  return [manifest, nativePolling, status, createDdi(ddi), bundles, health];
}

/** The protocols with default settings. */
export const deviceProtocols = createDeviceProtocols({ ddi: { downloadsAhead: false } });
