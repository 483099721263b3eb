import { Registry } from 'prom-client';
import type { ChoreStatus } from '../../../../../src/core/chore';
import { registerChoreMetrics } from '../../../../../src/http/admin/metrics/chore-metrics';

const never: ChoreStatus = {
  name: 'rollouts',
  lastSuccessAt: null,
  failures: 0,
  lastDurationMs: null,
  failing: null,
};

async function samplesOf(chores: () => readonly ChoreStatus[], register = new Registry()): Promise<string[]> {
  registerChoreMetrics(register, chores);
  return samplesIn(register);
}

async function samplesIn(register: Registry): Promise<string[]> {
  return (await register.metrics()).split('\n').filter((line) => line.startsWith('rauc_'));
}

describe('metrics of chores', () => {
  it('name each chore with its last success, its failures and its last duration', async () => {
    const at = new Date('2030-01-01T00:00:00.900Z');
    const chore = { ...never, lastSuccessAt: at, failures: 2, lastDurationMs: 1_500 };
    expect(await samplesOf(() => [chore])).toEqual([
      `rauc_chore_last_success_seconds{chore="rollouts"} ${Date.parse('2030-01-01T00:00:00Z') / 1_000}`,
      'rauc_chore_failures_total{chore="rollouts"} 2',
      'rauc_chore_duration_seconds{chore="rollouts"} 1.5',
    ]);
  });

  it('claim no success and no duration for a chore that never ran', async () => {
    expect(await samplesOf(() => [never])).toEqual(['rauc_chore_failures_total{chore="rollouts"} 0']);
  });

  it('are read when they are asked for, and count no failure twice', async () => {
    const register = new Registry();
    let failures = 1;
    const chores = () => [{ ...never, failures }];
    expect(await samplesOf(chores, register)).toContain('rauc_chore_failures_total{chore="rollouts"} 1');
    expect(await samplesIn(register)).toContain('rauc_chore_failures_total{chore="rollouts"} 1');
    failures = 3;
    expect(await samplesIn(register)).toContain('rauc_chore_failures_total{chore="rollouts"} 3');
  });
});
