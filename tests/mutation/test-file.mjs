import path from 'node:path';
import { bind } from 'jest-each';

/**
 * The tests of one file, without Jest around them: what `describe`, `it` and the hooks were given while the file was
 * loaded. It knows what the unit tests of the mutated rooms use, and nothing else.
 */
export class TestFile {
  /** { id, name, file, body, blocks, durationMs } */
  tests = [];
  #blocks = [newBlock()];
  #name;

  constructor(file, root) {
    this.file = file;
    this.#name = path.relative(root, file);
  }

  /** Loads the file; `load` requires it. What it throws fails each of its tests, which are then unknown. */
  collect(load) {
    Object.assign(globalThis, this.#vocabulary());
    load(this.file);
  }

  /** The file of a test, by its id, below the root. */
  static nameOf(id) {
    return id.split(' ', 1)[0];
  }

  /**
   * The test of that id, but once. A mutant may change titles, where they come from the code: then instead of it come the
   * tests that the file did not have.
   */
  take(id, known) {
    const own = this.tests.filter((test) => test.id === id);
    const taken = own.length > 0 ? own : this.tests.filter((test) => !(test.id in known));
    this.tests = this.tests.filter((test) => !taken.includes(test));
    return taken;
  }

  #vocabulary() {
    const describe = (title, body) => {
      this.#blocks.push(newBlock(title));
      body();
      this.#blocks.pop();
    };
    const it = (title, body) => this.#add(title, body);
    describe.each = bind(describe, false);
    it.each = bind(it);
    const hook = (kind) => (body) => this.#blocks.at(-1)[kind].push(body);
    const hooks = ['beforeAll', 'afterAll', 'beforeEach', 'afterEach'];
    return { describe, it, test: it, ...Object.fromEntries(hooks.map((kind) => [kind, hook(kind)])) };
  }

  #add(title, body) {
    const name = [...this.#blocks.map((block) => block.title), title].filter(Boolean).join(' ');
    const twins = this.tests.filter((test) => test.name === name).length;
    const id = `${this.#name} ${name}${twins === 0 ? '' : ` (${twins + 1})`}`;
    this.tests.push({ id, name, file: this.file, body, blocks: [...this.#blocks] });
  }
}

function newBlock(title) {
  return { title, beforeAll: [], afterAll: [], beforeEach: [], afterEach: [] };
}

/**
 * Runs a test with its hooks; those of a block run before its first test. Rejects with what the test failed with.
 * @param onPhase hears whether what comes next belongs to this test alone
 */
export async function runTest(test, entered, onPhase) {
  for (const block of test.blocks) {
    if (entered.has(block)) continue;
    entered.add(block);
    onPhase(false);
    for (const hook of block.beforeAll) await hook();
  }
  onPhase(true);
  for (const block of test.blocks) for (const hook of block.beforeEach) await hook();
  try {
    await test.body();
  } finally {
    for (const block of test.blocks.toReversed()) for (const hook of block.afterEach) await hook();
  }
}

/** What the blocks that tests ran in want at their end. */
export async function leave(entered) {
  for (const block of [...entered].toReversed()) for (const hook of block.afterAll) await hook();
}
