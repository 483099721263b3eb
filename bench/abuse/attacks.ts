/**
 * A hostile device, in a separate process; ends when its standard input does.
 *
 *   node -r ./tests/support/typescript-hook.js bench/abuse/attacks.ts ATTACK PORT FOLDER
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:http2';
import net from 'node:net';
import { constants, setPriority } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as dial } from 'node:tls';
import { connectRawHttp2, get, reset } from '../../tests/support/raw-http2';
import { type ClientTls, readClientTls } from './client-tls';

const betweenResetsMs = 10;

/** Requests a lot on many connections, and reads none of the answers. */
async function shutWindows(port: number, tls: ClientTls): Promise<void> {
  const holdOne = async (): Promise<never> => {
    for (;;) {
      const device = await connectRawHttp2(port, tls, 0);
      const streams = Array.from({ length: 243 }, (_, i) => 1 + 2 * i);
      device.send(...streams.map((id) => get(id, '/bundles/bundle.raucb', { range: 'bytes=0-524287' })));
      await device.closed;
    }
  };
  await Promise.all(Array.from({ length: 16 }, holdOne));
}

/** Sends a thousand requests and cancels them at once, repeatedly. */
async function resets(port: number, tls: ClientTls): Promise<void> {
  for (;;) {
    const device = await connectRawHttp2(port, tls);
    for (let first = 1; !device.socket.destroyed; first += 2_000) {
      const streams = Array.from({ length: 1_000 }, (_, i) => first + 2 * i);
      const range = { range: 'bytes=0-131071' };
      device.send(...streams.flatMap((id) => [get(id, '/bundles/bundle.raucb', range), reset(id)]));
      await Promise.race([device.closed, delay(betweenResetsMs)]);
    }
  }
}

/** Claims a reboot with each poll. */
async function bootIds(port: number, tls: ClientTls): Promise<void> {
  for (;;) {
    const session = connect(`https://localhost:${port}`, tls);
    session.on('error', () => undefined);
    const closed = new Promise((resolve) => session.once('close', resolve));
    const poll = () =>
      new Promise<void>((resolve) => {
        const headers = { 'rauc-boot-id': randomUUID(), 'rauc-system-version': '1.0.0' };
        const stream = session.request({ ':path': '/api/v1/manifest.json', ...headers }).resume();
        stream.on('error', () => undefined);
        stream.once('close', () => resolve());
      });
    const isOpen = () => !session.closed && !session.destroyed;
    const pollOn = async () => {
      while (isOpen()) await poll();
    };
    await Promise.race([closed, Promise.all(Array.from({ length: 16 }, pollOn))]);
    session.destroy();
  }
}

/** Connects and disconnects, from its own address. */
async function connections(port: number, tls: ClientTls): Promise<void> {
  const connectOn = async (): Promise<never> => {
    for (;;) {
      const socket = net.connect({ host: '127.0.0.1', port, localAddress: '127.0.0.2' });
      const secured = dial({ ...tls, socket, servername: 'localhost' }, () => secured.destroy());
      secured.on('error', () => undefined);
      await new Promise((resolve) => secured.once('close', resolve));
    }
  };
  await Promise.all(Array.from({ length: 200 }, connectOn));
}

/** Repeatedly uploads a bundle whose signature takes long to check. */
async function hostileBundles(_port: number, _tls: ClientTls, folder: string): Promise<void> {
  const bundle = readFileSync(path.join(folder, 'hostile.raucb'));
  const uploadOn = async (): Promise<never> => {
    for (;;) {
      await new Promise<void>((resolve, reject) => {
        const upload = request({ socketPath: path.join(folder, 'uploads'), method: 'POST' }, (response) => {
          response.resume().once('close', () => resolve());
        });
        upload.once('error', reject).end(bundle);
      });
    }
  };
  await Promise.all(Array.from({ length: 4 }, uploadOn));
}

const attacks = {
  'shut windows': shutWindows,
  resets,
  'boot ids': bootIds,
  connections,
  'hostile bundles': hostileBundles,
};
export type Attack = keyof typeof attacks;
export const attackNames = Object.keys(attacks) as readonly Attack[];

if (require.main === module) {
  const [name = '', port = '', folder = ''] = process.argv.slice(2);
  process.stdin.resume().once('end', () => process.exit(0));
  setPriority(constants.priority.PRIORITY_LOW); // it stands for another machine: its own work is not measured
  void attacks[name as Attack](Number(port), readClientTls(folder, 'attacker'), folder);
}
