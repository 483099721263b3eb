import { ddi } from './ddi/ddi';
import { health } from './kernel/health';
import type { Protocol } from './kernel/protocol';
import { bundles } from './rauc/bundles';
import { manifest } from './rauc/manifest';
import { nativePolling } from './rauc/native-polling';
import { status } from './rauc/status';

/** The protocols of the device listener: a new one is a line here. */
export const deviceProtocols: readonly Protocol[] = [manifest, nativePolling, status, ddi, bundles, health];
