import { OldQuestions } from '../../../../src/services/offers/old-questions';

let nowMs: number;
let standstills: number[];
let questions: OldQuestions;

beforeEach(() => {
  nowMs = 0;
  standstills = [];
  questions = new OldQuestions({ monotonicMs: () => nowMs, onStandstill: (ms) => standstills.push(ms) });
});

const old = expect.objectContaining({ code: 'unavailable', details: { retryAfterSeconds: 3 } }) as Error;

function live(seconds: number): void {
  for (let second = 0; second < seconds; second += 1) {
    nowMs += 1_000;
    questions.beat();
  }
}

describe('OldQuestions', () => {
  it('takes what arrives in time, also when the process is busy', () => {
    live(60);
    nowMs += 10_000;
    questions.arrived()();
    questions.beat();
    questions.arrived()();
    expect(standstills).toEqual([]);
  });

  it('refuses what waited while the process stood still, before any timer is due', () => {
    live(5);
    nowMs += 12_000;
    expect(() => questions.arrived()).toThrow(old);
    expect(() => questions.arrived()).toThrow(old);
    expect(standstills).toEqual([12_000]);
  });

  it.each(['a beat', 'a question'])(
    'refuses until everything has been read, if %s is first after the standstill',
    (first) => {
      nowMs += 12_000;
      if (first === 'a question') expect(() => questions.arrived()).toThrow(old);
      questions.beat(); // it was due
      expect(() => questions.arrived()).toThrow(old);
      nowMs += 8_000; // all that it found, in one turn
      expect(() => questions.arrived()).toThrow(old);
      live(1);
      expect(() => questions.arrived()).toThrow(old);
      live(1);
      questions.arrived()();
      expect(standstills).toEqual([12_000]);
    },
  );

  it('refuses what is decided too late', () => {
    const refuseOld = questions.arrived();
    live(10);
    refuseOld();
    live(1);
    expect(refuseOld).toThrow(old);
  });
});
