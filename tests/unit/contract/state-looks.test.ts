import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  deliveryLook,
  lookOf,
  shapeMarks,
  type StateCode,
  type StateLook,
  stateLooks,
} from '../../../src/contract/state-looks';
import { verdicts } from '../../../src/core/inspection';
import { imageCheckStates } from '../../../src/core/image-check';
import { installationStates } from '../../../src/core/installation-states';
import { rolloutStates } from '../../../src/core/rollout';
import { deliveryStates } from '../../../src/core/webhook-delivery';
import { runCommand } from '../../support/cli-harness';
import { elementsOf, loadComponent } from '../../support/page-parts';
import { temporaryFolder } from '../../support/programs';

const StateBadge = loadComponent('parts/badge.tsx', 'StateBadge');

/** A badge as a person sees it who sees no colour, and its colour. */
function badgeOf(state: string): { word: string; drawing: unknown; tone: unknown } {
  const elements = elementsOf(StateBadge, { state });
  const [badge] = elements;
  return {
    word: badge?.text ?? '',
    drawing: elements.find(({ type }) => type === 'path')?.props['d'],
    tone: badge?.props['class'],
  };
}

const kinds = Object.entries(stateLooks).map(([kind, looks]) => [kind, Object.keys(looks)] as const);
const codes = kinds.flatMap(([, states]) => states);

describe('the looks of states', () => {
  it('are those of all states of the API', () => {
    expect(Object.keys(stateLooks.installation)).toEqual([...installationStates]);
    expect(Object.keys(stateLooks.rollout)).toEqual([...rolloutStates]);
    expect(Object.keys(stateLooks.bundle)).toEqual([...verdicts]);
    expect(Object.keys(stateLooks.images)).toEqual([...imageCheckStates]);
    const looks = deliveryStates.flatMap((state) => [deliveryLook(state, 0), deliveryLook(state, 1)]);
    expect(new Set(looks)).toEqual(new Set(Object.keys(stateLooks.delivery)));
  });

  it('have one code each, whatever they are states of', () => {
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('fall back to the code of a state that only a newer server knows', () => {
    expect(lookOf('being-moved')).toEqual({ word: 'being moved', shape: 'dot', tone: 'idle' });
  });

  it('have a character of its own for each shape', () => {
    const marks = Object.values(shapeMarks);
    expect(new Set(marks).size).toBe(marks.length);
    for (const mark of marks) expect(mark).toHaveLength(1);
  });

  it.each(kinds)('of a kind cannot be confused without colour, on the page: %s', (_, states) => {
    const badges = states.map(badgeOf);
    for (const { word, drawing } of badges) {
      expect(word).toMatch(/^\p{Lu}/u);
      expect(drawing).toEqual(expect.stringMatching(/^M/));
    }
    expect(new Set(badges.map(({ word }) => word)).size).toBe(states.length);
    expect(new Set(badges.map(({ drawing }) => drawing)).size).toBe(states.length);
  });

  it('have the colour that the table says, on the page', () => {
    for (const [code, { tone }] of Object.values(stateLooks).flatMap((looks) =>
      Object.entries<StateLook>(looks),
    ))
      expect(badgeOf(code).tone).toBe(`badge ${tone}`);
  });
});

describe('the command line', () => {
  let server: Server;
  let answers: Readonly<Record<string, unknown>> = {};
  beforeAll(async () => {
    server = createServer((request, response) => {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(answers[request.url?.split('?')[0] ?? ''] ?? {}));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  async function linesOf(...args: string[]): Promise<readonly string[]> {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, stdout } = await runCommand([...args, '--server', url], { cwd: await temporaryFolder() });
    expect(code).toBe(0);
    return stdout.trimEnd().split('\n').slice(1);
  }

  /** As it stands in a table. */
  const shown = (code: string) => `${shapeMarks[lookOf(code).shape]} ${lookOf(code).word}`;

  it('shows every state of an installation and every decision by shape and word', async () => {
    const device = {
      first_contact_at: '2026-11-24T04:00:00.000Z',
      certificates: [],
      last_contact_at: null,
      compatible: 'board',
      system_version: '1',
      channel: 'stable',
      labels: [],
      admission: 'admitted',
      hold: null,
      pin: null,
      installation: null,
    };
    const by = { by: 'local', at: '2026-11-24T04:00:00.000Z' };
    const devices = [
      ...installationStates.map((state) => ({
        ...device,
        id: state,
        installation: { bundle: 'fw.raucb', sha256: 'x', from_version: '0', state, progress: 40 },
      })),
      {
        ...device,
        id: 'decided',
        admission: 'waiting',
        hold: { reason: '', ...by },
        pin: { bundle: 'fw', ...by },
      },
      { ...device, id: 'nothing' },
    ];
    answers = {
      '/api/devices': { devices, next: null, total: devices.length },
      '/api/releases': { releases: [] },
    };
    const lines = await linesOf('device', 'list');
    const cells = lines.map((line) => line.split(/ {2,}/)[4]);
    expect(cells).toEqual([
      ...installationStates.map((state) => `${shown(state)}${state === 'downloading' ? ' 40 %' : ''}`),
      ['waiting', 'held', 'pinned'].map(shown).join(', '),
      '-',
    ]);
    expect(new Set(cells.map((cell) => cell?.slice(0, 1))).size).toBe(devices.length);
  });

  it('shows every state of a rollout by shape and word', async () => {
    const releases = rolloutStates.map((state, index) => ({
      id: index + 1,
      compatible: 'board',
      channel: 'stable',
      bundle: 'fw.raucb',
      version: '1',
      released_at: '2026-11-24T04:00:00.000Z',
      rollout: { state, step: 1, steps: 2, reason: null },
    }));
    answers = { '/api/releases': { releases } };
    const lines = await linesOf('release', 'list');
    expect(lines.map((line) => line.split(/ {2,}/)[5])).toEqual(
      rolloutStates.map((state: StateCode) => `${shown(state)}, step 1 of 2`),
    );
  });
});
