import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { INSTRUMENTER_CONSTANTS as names } from '@stryker-mutator/api/core';
import { commonTokens, declareFactoryPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin';
import {
  determineHitLimitReached,
  DryRunStatus,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { expect } from 'expect';
import { quickProperties } from './quick-properties.mjs';
import { FreshModules } from './fresh-modules.mjs';
import { leave, runTest, TestFile } from './test-file.mjs';

/** Of the run without mutants: what each test costs in milliseconds of CPU, by its id. Each process of a run reads it. */
const costsFile = '.mutation-costs.json';

/**
 * Judges mutants with Jest's words, but in one process: Jest itself takes a second to begin, where most of our unit tests
 * take milliseconds. Each mutant gets our modules afresh and is there while they load, so that constants of modules are
 * judged like the rest.
 */
class InProcessRunner {
  #root = process.cwd();
  #modules = new FreshModules(this.#root);
  #context = (globalThis[names.NAMESPACE] ??= {});
  #options;
  #costs = {};
  /** What was thrown where no test could catch it. */
  #stray;

  constructor(options) {
    this.#options = options.inProcess;
    globalThis.expect = expect;
    process.env.NODE_ENV = 'test';
    // The same random devices and bundles for each mutant.
    process.env.SEED = process.env.FUZZ_SEED = '1';
    quickProperties(this.#root, this.#options.propertyRuns);
    // What a mutant breaks after its test must not end the process.
    process.on('uncaughtException', (error) => (this.#stray ??= error));
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async dryRun() {
    const coverage = (this.#context[names.MUTATION_COVERAGE_OBJECT] = { static: {}, perTest: {} });
    const results = [];
    for (const name of this.#options.folders.flatMap((folder) => this.#testFilesIn(folder))) {
      const outside = `outside ${name}`;
      this.#context[names.CURRENT_TEST_ID] = outside;
      const file = this.#collect(name);
      const entered = new Set();
      for (const test of file.tests) results.push(await this.#run(test, entered, outside));
      await leave(entered);
      // What a file does outside of its tests is done for each of them.
      for (const { id } of file.tests) {
        coverage.perTest[id] = sum(coverage.perTest[id] ?? {}, coverage.perTest[outside] ?? {});
      }
      delete coverage.perTest[outside];
    }
    this.#context[names.CURRENT_TEST_ID] = undefined;
    writeFileSync(costsFile, JSON.stringify(this.#costs));
    return { status: DryRunStatus.Complete, tests: results, mutantCoverage: coverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, disableBail }) {
    this.#context[names.ACTIVE_MUTANT] = activeMutant.id;
    this.#context[names.HIT_LIMIT] = hitLimit;
    this.#context[names.HIT_COUNT] = hitLimit === undefined ? undefined : 0;
    process.env[names.ACTIVE_MUTANT_ENV_VARIABLE] = activeMutant.id; // for threads
    try {
      const tests = await this.#judge(testFilter);
      const { [names.HIT_COUNT]: hits } = this.#context;
      const result = determineHitLimitReached(hits, hitLimit) ?? { status: DryRunStatus.Complete, tests };
      return toMutantRunResult(result, disableBail);
    } finally {
      delete process.env[names.ACTIVE_MUTANT_ENV_VARIABLE];
      this.#context[names.ACTIVE_MUTANT] = undefined;
    }
  }

  /** The results of the tests up to the first that fails, the cheapest first, and as far as the budget goes. */
  async #judge(ids) {
    const costs = this.#knownCosts();
    const files = new Map();
    const entered = new Set();
    const results = [];
    let budgetMs = this.#options.budgetMs;
    for (const id of ids.toSorted((one, other) => costs[one] - costs[other])) {
      if (results.length > 0 && costs[id] > budgetMs) break;
      budgetMs -= costs[id];
      const name = path.join(this.#root, TestFile.nameOf(id));
      const file = files.get(name) ?? this.#tryToCollect(name);
      files.set(name, file);
      if (file.error) results.push({ ...failed(file.error), id, name: id, timeSpentMs: 0 });
      else for (const test of file.take(id, costs)) results.push(await this.#run(test, entered));
      if (results.at(-1)?.status === TestStatus.Failed) break;
    }
    await leave(entered).catch(() => undefined);
    return results;
  }

  #knownCosts() {
    if (Object.keys(this.#costs).length === 0) this.#costs = JSON.parse(readFileSync(costsFile, 'utf8'));
    return this.#costs;
  }

  #tryToCollect(name) {
    try {
      return this.#collect(name);
    } catch (error) {
      return { error };
    }
  }

  #collect(name) {
    const file = new TestFile(name, this.#root);
    file.collect((one) => this.#modules.loadAfresh(one));
    return file;
  }

  async #run(test, entered, outside) {
    const { id, name, file: fileName } = test;
    const began = performance.now();
    const cpu = process.cpuUsage();
    this.#stray = undefined;
    let verdict = { status: TestStatus.Success };
    try {
      await runTest(test, entered, (isTest) => {
        this.#context[names.CURRENT_TEST_ID] = isTest ? id : outside;
      });
      if (this.#stray) throw this.#stray;
    } catch (error) {
      verdict = failed(error);
    }
    this.#context[names.CURRENT_TEST_ID] = outside;
    if (outside) {
      const { user, system } = process.cpuUsage(cpu);
      this.#costs[id] = (user + system) / 1000;
    }
    return { id, name, fileName, timeSpentMs: performance.now() - began, ...verdict };
  }

  #testFilesIn(folder) {
    const absolute = path.join(this.#root, folder);
    return readdirSync(absolute, { recursive: true })
      .filter((name) => name.endsWith('.test.ts') && !this.#options.leaveOut.includes(path.basename(name)))
      .sort()
      .map((name) => path.join(absolute, name));
  }
}

function failed(error) {
  return { status: TestStatus.Failed, failureMessage: String(error?.message ?? error) };
}

function sum(one, other) {
  const result = { ...one };
  for (const [mutant, hits] of Object.entries(other)) result[mutant] = (result[mutant] ?? 0) + hits;
  return result;
}

function create(options) {
  return new InProcessRunner(options);
}
create.inject = tokens(commonTokens.options);

export const strykerValidationSchema = {
  properties: {
    inProcess: {
      type: 'object',
      required: ['folders', 'leaveOut', 'budgetMs', 'propertyRuns'],
      additionalProperties: false,
      properties: {
        /** Of the unit tests that judge. */
        folders: { type: 'array', items: { type: 'string' } },
        /** Names of test files that take long for what they find. */
        leaveOut: { type: 'array', items: { type: 'string' } },
        /** CPU time that the tests of one mutant may take. */
        budgetMs: { type: 'number' },
        /** Cases of one property of fast-check, at the most. */
        propertyRuns: { type: 'integer' },
      },
    },
  },
};

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'in-process', create)];
