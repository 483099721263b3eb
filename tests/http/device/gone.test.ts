import { once } from 'node:events';
import tls from 'node:tls';
import { makeBundle } from '../../support/bundle-factory';
import { type DeviceListener, readClientFiles, startDeviceListener } from '../../support/device-listener';
import { eventually } from '../../support/eventually';
import { connectRawHttp2, get } from '../../support/raw-http2';

const target = '/bundles/bundle.raucb';
const clients = 4;

let listener: DeviceListener;
let files: Awaited<ReturnType<typeof readClientFiles>>;
beforeEach(async () => {
  const bundle = await makeBundle({ imageSizeBytes: 24 << 20 }); // more than the kernel's buffers take
  listener = await startDeviceListener();
  await listener.publish(bundle.path);
  files = await readClientFiles(await listener.device('board-1'));
});
afterEach(() => listener.close());

/** Requests a bundle and reads nothing. @returns its socket */
const stalls = {
  async 'HTTP/2'() {
    const device = await connectRawHttp2(listener.server.address.port, files, 1 << 30);
    device.socket.pause();
    device.send(get(1, target));
    return device.socket;
  },
  async 'HTTP/1.1'() {
    const socket = tls.connect({ ...files, host: 'localhost', port: listener.server.address.port });
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    socket.pause();
    socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    return socket;
  },
};

/** Resolves when the server has sent nothing for as long as it takes to see that the devices read no more. */
async function standsStill(): Promise<void> {
  let before = -1;
  await eventually(async () => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { openRequests, unsentBytes, bundleBytes } = listener.server.counts();
    const isStill = openRequests === clients && unsentBytes > 0 && bundleBytes === before;
    before = bundleBytes;
    return isStill;
  });
}

it.each(['HTTP/2', 'HTTP/1.1'] as const)(
  'is noticed soon when devices leave in the middle of stalled downloads: %s',
  async (protocol) => {
    const sockets = await Promise.all(Array.from({ length: clients }, () => stalls[protocol]()));
    await standsStill();
    for (const socket of sockets) socket.destroy(); // the kernel resets a connection with unread data
    await eventually(() => {
      const { connections, openRequests, unsentBytes } = listener.server.counts();
      return connections === 0 && openRequests === 0 && unsentBytes === 0;
    });
  },
);
