import type { Case } from './cases';
import type { Contender } from './contender';
import type { Rig } from './rig';
import type { Trial } from './trials/trial';

/** The results of one contender in a case: for each figure, a sample of each round. */
export interface Taken {
  readonly contender: Contender;
  readonly samples: readonly (readonly number[])[];
}

export interface CaseResult {
  readonly case: Case;
  readonly taken: readonly Taken[];
}

export interface Comparison {
  readonly cases: readonly Case[];
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  /** Called before each case begins. */
  readonly onCase: (title: string) => void;
}

/**
 * Takes samples round by round, the contenders of a case right after each other.
 * @returns the result of each case as soon as it is complete
 * @throws Error that names case and contender, at the first failure
 */
export async function* compare(rig: Rig, comparison: Comparison): AsyncGenerator<CaseResult> {
  for (const one of comparison.cases) {
    comparison.onCase(one.figures.map(({ title }) => title).join(', '));
    yield { case: one, taken: await compareIn(one, rig, comparison) };
  }
}

interface Entry {
  readonly contender: Contender;
  readonly trial: Trial;
  readonly rounds: (readonly number[])[];
}

async function compareIn(one: Case, rig: Rig, comparison: Comparison): Promise<readonly Taken[]> {
  const kinds = ['ours', ...(one.isWithoutBare === true ? [] : ['bare']), one.other];
  const entries: Entry[] = [];
  for (const contender of comparison.contenders.filter(({ kind }) => kinds.includes(kind))) {
    const trial = await naming(one, contender, () => one.open(contender, rig));
    entries.push({ contender, trial, rounds: [] });
  }
  const sample = async ({ contender, trial, rounds }: Entry) => {
    rounds.push(await naming(one, contender, trial));
  };
  for (let round = 0; round < comparison.rounds; round++) {
    if (one.isTogether === true) await Promise.all(entries.map(sample));
    else for (const entry of entries) await sample(entry);
  }
  return entries.map(({ contender, rounds }) => ({
    contender,
    samples: one.figures.map((_, figure) => rounds.map((values) => values[figure] ?? NaN)),
  }));
}

async function naming<Result>(one: Case, contender: Contender, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (cause) {
    throw new Error(`${one.id}, ${contender.name}: ${(cause as Error).message}`, { cause });
  }
}
