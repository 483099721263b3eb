import type { EventJson } from '../../../src/contract/event';
import { eventSentence } from '../../../src/dashboard/event-sentence';

function event(change: Partial<EventJson>): EventJson {
  return {
    id: 1,
    at: '2026-11-02T12:00:00.000Z',
    kind: 'device.kit-made',
    actor: 'local',
    address: null,
    message: 'what the server says',
    reason: null,
    parameters: null,
    device: 'dev-1',
    compatible: null,
    channel: null,
    bundle: null,
    release_id: null,
    installation_id: null,
    before: null,
    after: null,
    count: 1,
    first_at: null,
    ...change,
  };
}

describe('a line of the journal on the page', () => {
  it('is said in the words of the page where it knows the code', () => {
    const parameters = { device: 'dev-1', has_key: true };
    expect(eventSentence(event({ reason: 'device-kit-made', parameters }))).toBe(
      'A kit was made for dev-1, with its key',
    );
  });

  it.each([['a line of an earlier version', {}]])('is said as the server says it: %s', (_, change) => {
    expect(eventSentence(event(change))).toBe('what the server says');
  });

  it.each([
    ['a code of a newer server', { reason: 'device-exploded', parameters: { device: 'dev-1' } }],
    ['other parameters of a newer server', { reason: 'device-changed', parameters: {} }],
  ])('is said as the server says it, as a sentence: %s', (_, change) => {
    expect(eventSentence(event(change))).toBe('What the server says');
  });
});
