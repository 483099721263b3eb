import { changeInstallation, type InstallationChange } from '../../../../../src/core/installation';
import { installationStates } from '../../../../../src/core/installation-states';
import { actionStateOf } from '../../../../../src/core/action-state';
import { linkOf, parseAction } from '../../../../../src/http/device/ddi/action-state';
import { eventOf, parseFeedback, percentOf } from '../../../../../src/http/device/ddi/feedback';
import { dayTimeText } from '../../../../../src/core/hawkbit-settings';
import { madeAt, installationOf } from '../../../../support/fleet-factory';

const installation = (change: InstallationChange) => changeInstallation(installationOf(), change, madeAt);
const { sha256 } = installationOf();

describe('the state of an action', () => {
  it('is that of the installation', () => {
    const states = installationStates.map((state) => [
      state,
      actionStateOf(installation({ state, installedAt: null })),
    ]);
    expect(Object.fromEntries(states)).toEqual({
      offered: 'active',
      downloading: 'active',
      installed: 'active',
      stopped: 'active',
      interrupted: 'closed',
      proven: 'closed',
      'rolled-back': 'closed',
      failed: 'closed',
      rejected: 'closed',
      lost: 'active',
      withdrawn: 'closed',
      cancelling: 'cancelling',
      cancelled: 'closed',
    });
  });

  it.each(installationStates)('is closed once the device has said that it is done: %s', (state) => {
    expect(actionStateOf(installation({ state, installedAt: madeAt }))).toBe('closed');
  });
});

describe('the link of a poll', () => {
  it.each([
    ['offered', sha256, true, 'deploymentBase'],
    ['offered', null, true, null],
    ['offered', 'f'.repeat(64), true, null],
    ['offered', sha256, false, null],
    ['downloading', null, true, 'deploymentBase'],
    ['stopped', null, true, null],
    ['stopped', sha256, true, 'deploymentBase'],
    ['cancelling', null, false, 'cancelAction'],
    ['proven', sha256, true, 'installedBase'],
    ['proven', null, false, null],
    ['failed', sha256, true, null],
  ] as const)('of one that is %s, offered %s, is there %s: %s', (state, offered, isServable, link) => {
    expect(linkOf(installation({ state, installedAt: null }), offered, isServable)).toBe(link);
  });

  it('is none for a device that was never offered anything', () => {
    expect(linkOf(null, sha256, true)).toBeNull();
  });
});

it.each([
  [1, '00:00:01'],
  [0, '00:00:01'],
  [300_000, '00:05:00'],
  [3_723_000, '01:02:03'],
  [86_400_000, '23:59:59'],
  [14 * 86_400_000, '23:59:59'],
])('%d ms of sleep are %s', (ms, text) => {
  expect(dayTimeText(ms)).toBe(text);
});

it.each([
  ['1', 1],
  ['2147483647', 2_147_483_647],
  ['2147483648', undefined],
  ['01', undefined],
  ['', undefined],
  [undefined, undefined],
])('%s is the number %s', (text, id) => {
  expect(parseAction(text)).toBe(id);
});

describe('feedback', () => {
  it.each([
    [[' 42% Copying image'], 42],
    [['0% Installing'], 0],
    [['100% Installing done.'], 100],
    [['101% of it'], null],
    [['at 42% now'], null],
    [['42%'], null],
    [['1% a', '7% b'], 7],
    [[], null],
  ])('of %j is at %s percent', (details, percent) => {
    expect(percentOf({ details })).toBe(percent);
  });

  it('keeps why RAUC failed, and no error that is none', () => {
    const of = (execution: string, finished: string, details: string[]) =>
      parseFeedback(Buffer.from(JSON.stringify({ status: { execution, result: { finished }, details } })));
    const contact = { at: madeAt, address: null, protocol: 'h2', facts: {}, transactionId: null };
    const told = installation({ message: 'LastError: no space' });
    expect(eventOf(of('closed', 'failure', ['Failed']), told, contact)).toMatchObject({
      kind: 'ended',
      outcome: 'failed',
      installationId: told.id,
      message: 'Failed; LastError: no space',
    });
    expect(eventOf(of('closed', 'success', []), told, contact)).toMatchObject({ message: null });
    for (const text of ['LastError: ', 'idle'])
      expect(eventOf(of('proceeding', 'none', [text]), told, contact)).toMatchObject({
        kind: 'progressed',
        message: null,
      });
  });
});
