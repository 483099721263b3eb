import type { Bundle } from '../../../../../src/core/bundle';
import { DownloadLog } from '../../../../../src/http/device/kernel/download-log';

it('tells a download once in a while for each device and bundle, and forgets the oldest of very many', () => {
  const lines: unknown[] = [];
  const ignore = () => undefined;
  const log = { debug: ignore, warn: ignore, error: ignore, info: (facts: object) => lines.push(facts) };
  let nowMs = 0;
  const downloads = new DownloadLog(log, () => new Date(nowMs));
  const bundle = { name: 'a.raucb', sha256: 'aa' } as Bundle;
  const device = (id: string) => ({ id, certificateSerial: '01', compatibles: [] });
  for (let i = 0; i < 1000; i++) downloads.note(device('board-1'), bundle);
  expect(lines).toHaveLength(1);
  downloads.note(device('board-2'), bundle);
  downloads.note(device('board-1'), { ...bundle, sha256: 'bb' });
  expect(lines).toHaveLength(3);
  nowMs += 3_600_000;
  downloads.note(device('board-1'), bundle);
  expect(lines).toHaveLength(4);
  for (let i = 0; i < 10_000; i++) downloads.note(device(`fleet-${i}`), bundle);
  downloads.note(device('board-1'), bundle);
  expect(lines).toHaveLength(10_005);
});

it('tells a download that goes on without a pause once, and again after a pause', () => {
  const lines: unknown[] = [];
  const ignore = () => undefined;
  const log = { debug: ignore, warn: ignore, error: ignore, info: (facts: object) => lines.push(facts) };
  let nowMs = 0;
  const downloads = new DownloadLog(log, () => new Date(nowMs));
  const device = { id: 'board-1', certificateSerial: '01', compatibles: [] };
  const [one, other] = ['aa', 'bb'].map((sha256) => ({ name: `${sha256}.raucb`, sha256 }) as Bundle);
  for (let second = 0; second < 3_600; second++) {
    nowMs += 1_000;
    downloads.note(device, one as Bundle);
    if (second % 300 === 0) downloads.note(device, other as Bundle);
  }
  expect(lines).toHaveLength(2);
  nowMs += 11 * 60_000;
  downloads.note(device, one as Bundle);
  expect(lines).toHaveLength(3);
});
