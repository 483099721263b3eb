import type { Bundle } from '../../../../../src/core/bundle';
import { createSendBundle } from '../../../../../src/http/device/kernel/send-bundle';
import type { ProtocolKit } from '../../../../../src/http/device/kernel/protocol';
import type { Exchange } from '../../../../../src/http/device/transport/exchange';
import { haveSameShape } from '../../../../support/same-shape';

const bundle = {
  name: 'a.raucb',
  sha256: 'a'.repeat(64),
  sizeBytes: 1 << 20,
  uploadedAt: new Date('2026-11-01T00:00:00Z'),
  inspection: { payloadSizeBytes: null },
} as unknown as Bundle;

const bytes = Buffer.alloc(16);
const kit = {
  services: {
    readBundle: { openNow: () => ({ readNow: () => bytes, release: () => undefined }) },
    deviceEvents: { take: () => undefined },
  },
  counters: { beginBundles: () => ({ requests: 0, bytes: 0 }) },
  onDownload: () => undefined,
  onBytes: () => undefined,
} as unknown as ProtocolKit;

/** Asks for ranges, as a device that streams. @returns the headers of each answer */
async function headersOf(ranges: number): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const sent: Readonly<Record<string, unknown>>[] = [];
  const send = createSendBundle(kit);
  const device = { id: 'dev-1', certificateSerial: '01', compatibles: [] };
  for (let index = 0; index < ranges; index += 1) {
    const exchange = {
      connection: {},
      method: 'GET',
      header: (name: string) => (name === 'range' ? `bytes=${index}-${index + 15}` : undefined),
      memory: {
        pace: { firstPieceBytes: (left: number) => left },
        takeNow: (wanted: number) => ({ bytes: wanted, giveBack: () => undefined }),
        buffer: () => bytes,
        leaving: () => () => undefined,
      },
      send: (_status: number, headers: Readonly<Record<string, unknown>>) => sent.push(headers),
    } as unknown as Exchange;
    await send(exchange, device, bundle, { isPinned: true, isConditional: true });
  }
  return sent;
}

describe('createSendBundle', () => {
  it('says of each range which bytes it has, and what every answer says', async () => {
    const [first] = await headersOf(1);
    expect(first).toEqual({
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-transform, max-age=31536000, immutable',
      'content-length': 16,
      'content-range': 'bytes 0-15/1048576',
      'content-type': 'application/octet-stream',
      etag: `"${'a'.repeat(64)}"`,
      'last-modified': 'Sun, 01 Nov 2026 00:00:00 GMT',
      'x-content-type-options': 'nosniff',
    });
  });

  it('makes headers of one hidden class for all ranges, because a new one would cost more than the rest', async () => {
    const sent = await headersOf(300);
    expect(haveSameShape(sent.slice(-50))).toBe(true);
  });
});
