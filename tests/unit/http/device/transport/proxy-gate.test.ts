import { once } from 'node:events';
import net from 'node:net';
import { PeerAddresses } from '../../../../../src/http/device/transport/peer-addresses';
import { ProxyGate } from '../../../../../src/http/device/transport/proxy-gate';
import { localProxyHeader } from '../../../../../src/http/proxy-header';
import { proxyHeader } from '../../../../support/proxy-header';

const servers: net.Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

/** A gate for one connection that sends these bytes. */
async function meet(bytes: Buffer, { timeoutMs = 60_000, ends = false } = {}) {
  const server = net.createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[net.Socket]>;
  const client = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
  client.on('error', () => undefined);
  client.write(bytes);
  if (ends) client.end();
  const [socket] = await accepted;
  const addresses = new PeerAddresses();
  const refused: string[] = [];
  const gate = new ProxyGate({
    speaksProxy: () => true,
    addresses,
    timeoutMs,
    onRefused: (_, reason) => refused.push(reason),
  });
  let hasEntered = false;
  const over = new Promise((resolve) => {
    socket.once('close', resolve);
    gate.arrived(socket, () => resolve((hasEntered = true)));
  });
  await over;
  return { client, socket, addresses, refused, hasEntered };
}

it('waits a while for a header, then says so', async () => {
  const { client, hasEntered, refused } = await meet(proxyHeader({ source: '192.0.2.7' }).subarray(0, 27), {
    timeoutMs: 10,
  });
  expect(hasEntered).toBe(false);
  expect(refused).toEqual(['its PROXY header did not arrive within 0.01 seconds']);
  client.destroy();
});

it('says nothing of a health check that says no more than that', async () => {
  const { client, hasEntered, refused } = await meet(localProxyHeader, { ends: true });
  expect({ hasEntered, refused }).toEqual({ hasEntered: false, refused: [] });
  client.destroy();
});

it('forgets nothing of a connection when an older one from its port closes', () => {
  const addresses = new PeerAddresses();
  const from = () =>
    Object.defineProperties(new net.Socket(), {
      remoteAddress: { value: '192.0.2.9' },
      remotePort: { value: 1 },
    });
  const [older, newer] = [from(), from()];
  addresses.carry(older, null);
  addresses.carry(newer, null);
  older.emit('close');
  expect(addresses.isProxyItself(newer)).toBe(true);
  newer.emit('close');
  expect(addresses.isProxyItself(newer)).toBe(false);
});

it('forgets an address with its connection', async () => {
  const { client, socket, addresses, hasEntered } = await meet(proxyHeader({ source: '192.0.2.7' }));
  expect(hasEntered).toBe(true);
  const { remoteAddress, remotePort, localAddress } = socket;
  if (remoteAddress === undefined || remotePort === undefined || localAddress === undefined)
    throw new Error('it is gone already');
  const ends = { remoteAddress, remotePort, localAddress };
  expect(addresses.of(ends)).toBe('192.0.2.7');
  client.destroy();
  socket.resume();
  await once(socket, 'close');
  expect(addresses.of(ends)).toBe('127.0.0.1');
});
