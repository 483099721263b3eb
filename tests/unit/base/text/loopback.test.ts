import { isLoopback, isLoopbackUrl } from '../../../../src/base/text/loopback';

it.each([
  'localhost',
  '127.0.0.1',
  '127.255.255.254',
  '::1',
  '0:0:0:0:0:0:0:1',
  '::ffff:127.0.0.1',
  '::FFFF:7fff:1',
])('%s is this machine, whatever the network says', (host) => {
  expect(isLoopback(host)).toBe(true);
});

it.each([
  '',
  '0.0.0.0',
  '::',
  '126.255.255.255',
  '128.0.0.0',
  '::2',
  '::ffff:128.0.0.1',
  '[::1]',
  'LOCALHOST.example.com',
  'localhost.example.com',
  '127.0.0.1.example.com',
  '127.1',
  '127.0.0.01',
  '127.0.0.256',
  '127.0.0.1:8080',
  '::1:1',
  '::1::',
  ':',
  '::1]',
  '::1%lo',
  '::ffff:7e00:1',
  '1::ffff:127.0.0.1',
  '2130706433',
])('%j is not taken for it', (host) => {
  expect(isLoopback(host)).toBe(false);
});

it.each([
  'https://localhost',
  'http://127.0.0.1:8080/below',
  'https://[::1]:8443',
  'HTTPS://LOCALHOST:8443/',
])('%s leads to this machine', (url) => {
  expect(isLoopbackUrl(url)).toBe(true);
});

it.each([
  'https://localhost.example.com',
  'https://127.example.com',
  'https://[::2]',
  'localhost',
  '',
  '::1',
])('%j does not', (url) => {
  expect(isLoopbackUrl(url)).toBe(false);
});
