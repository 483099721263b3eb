import type { Kind } from './contender';
import { costOfColdRange, costOfRangeOfThree } from './trials/large-ranges';
import { memoryOfStalled } from './trials/memory';
import { cpuOfDownload, cpuOfPoll, cpuOfRange } from './trials/server-cpu';
import { timeOfStart } from './trials/start';
import type { OpenTrial } from './trials/trial';
import { timeOfUpload } from './trials/upload';

/** The highest value that a figure of this server should have. */
export interface Goal {
  /** Relative to bare Node's figure, and to the other contender's. */
  readonly ofBare?: number;
  readonly ofOther?: number;
  /** In the figure's unit. */
  readonly absolute?: number;
}

/** Something that is measured. */
export interface Figure {
  readonly title: string;
  readonly unit: string;
  /** Whether contenders are compared by it; less is better. */
  readonly hasRatios: boolean;
  /** Digits after the decimal point. */
  readonly digits: number;
  readonly goal: Goal;
}

/** Something that several contenders do; a trial of it yields its figures. */
export interface Case {
  readonly id: string;
  readonly figures: readonly Figure[];
  /** The contender in addition to this server and bare Node. */
  readonly other?: Kind;
  /** Bare Node does not take part in cases that read a disk, because it has its bundle in memory. */
  readonly isWithoutBare?: boolean;
  readonly open: OpenTrial;
  /** For cases that take time without using the processor: all contenders run at once. */
  readonly isTogether?: boolean;
}

const kib = 1 << 10;
const compared = (unit: string, digits: number) => (title: string, goal: Goal) => ({
  title,
  unit,
  digits,
  goal,
  hasRatios: true,
});
const microseconds = compared('µs', 0);
const secondsOfGigabyte = compared('s/GB', 2);
const seconds = compared('s', 2);
const mebibytes = (title: string, absolute: number): Figure => ({
  title,
  unit: 'MiB',
  digits: 0,
  goal: { absolute },
  hasRatios: false,
});
const percent = (title: string): Figure => ({ title, unit: '%', digits: 0, goal: {}, hasRatios: false });

const polls = { protocol: 'HTTP/1.1' } as const;
const smallRanges = { requests: 'smallRanges', rangeBytes: 4 * kib } as const;
const largeRanges = { requests: 'largeRanges', rangeBytes: 128 * kib } as const;

/** All cases, in the order of the table. The units `µs` and `s/GB` are CPU time of the server's processes, unless the title says otherwise. */
export const cases: readonly Case[] = [
  {
    id: 'poll-new',
    figures: [microseconds('poll, new connection', { ofBare: 1.15, ofOther: 0.95 })],
    other: 'fastapi',
    open: cpuOfPoll({ ...polls, requests: 'newConnections', connections: 'new' }),
  },
  {
    id: 'poll-resumed',
    figures: [
      microseconds('poll, TLS session resumed where the server lets it', { ofBare: 1.15, ofOther: 0.95 }),
      percent('TLS sessions that were resumed'),
    ],
    other: 'fastapi',
    open: cpuOfPoll({ ...polls, requests: 'resumedConnections', connections: 'resumed' }),
  },
  {
    id: 'poll-kept',
    figures: [microseconds('poll, kept connection', { ofBare: 1.5 })],
    other: 'fastapi',
    open: cpuOfPoll({ ...polls, requests: 'keptConnections', connections: 'kept' }),
  },
  {
    id: 'range-4k-h1',
    figures: [microseconds('4 KiB range, HTTP/1.1', { ofBare: 1.25 })],
    other: 'nginx',
    open: cpuOfRange({ ...smallRanges, protocol: 'HTTP/1.1' }),
  },
  {
    id: 'range-4k-h2',
    figures: [microseconds('4 KiB range, HTTP/2', { ofBare: 1.25 })],
    other: 'nginx',
    open: cpuOfRange({ ...smallRanges, protocol: 'HTTP/2' }),
  },
  {
    id: 'range-128k-h1',
    figures: [microseconds('128 KiB range, HTTP/1.1', { ofBare: 1.25 })],
    other: 'nginx',
    open: cpuOfRange({ ...largeRanges, protocol: 'HTTP/1.1' }),
  },
  {
    id: 'range-128k-h2',
    figures: [microseconds('128 KiB range, HTTP/2', { ofBare: 1.25 })],
    other: 'nginx',
    open: cpuOfRange({ ...largeRanges, protocol: 'HTTP/2' }),
  },
  {
    id: 'range-cold',
    figures: [
      microseconds('128 KiB range of a cold 1 GiB bundle, HTTP/2', {}),
      microseconds('the same, elapsed', {}),
    ],
    other: 'nginx',
    isWithoutBare: true,
    open: costOfColdRange,
  },
  {
    id: 'range-three',
    figures: [
      microseconds('128 KiB range while three releases are read, HTTP/2', {}),
      microseconds('the same, elapsed', {}),
    ],
    other: 'nginx',
    isWithoutBare: true,
    open: costOfRangeOfThree,
  },
  {
    id: 'download-h1',
    figures: [secondsOfGigabyte('whole download, HTTP/1.1', { ofOther: 1.1 })],
    other: 'nginx',
    open: cpuOfDownload({ protocol: 'HTTP/1.1', requests: 'downloads' }),
  },
  {
    id: 'download-h2',
    figures: [secondsOfGigabyte('whole download, HTTP/2', { ofOther: 0.95 })],
    other: 'nginx',
    open: cpuOfDownload({ protocol: 'HTTP/2', requests: 'downloads' }),
  },
  {
    id: 'upload',
    figures: [seconds('upload', { ofOther: 1.25 })],
    other: 'tools',
    open: timeOfUpload,
  },
  {
    id: 'memory',
    figures: [mebibytes('memory of stalled downloads', 300), mebibytes('memory kept after they ended', 60)],
    other: 'nginx',
    open: memoryOfStalled,
    isTogether: true,
  },
  {
    id: 'start',
    figures: [seconds('start', { absolute: 0.5 })],
    open: timeOfStart,
  },
];
