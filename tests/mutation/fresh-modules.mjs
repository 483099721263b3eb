import { Module, createRequire } from 'node:module';
import path from 'node:path';
import { transformFileSync } from '@swc/core';

/** Loads our TypeScript, once compiled, as often as wanted afresh. Packages are loaded once. */
export class FreshModules {
  #compiled = new Map();
  #require;
  #root;

  constructor(root) {
    this.#root = root;
    this.#require = createRequire(path.join(root, 'package.json'));
    Module._extensions['.ts'] = (module, file) => module._compile(this.#compile(file), file);
  }

  /** Loads it and all that it needs of ours from the source again, constants and caches of modules included. */
  loadAfresh(file) {
    for (const known of Object.keys(Module._cache)) {
      if (known.startsWith(this.#root) && !known.includes('/node_modules/')) delete Module._cache[known];
    }
    this.#require(file);
  }

  #compile(file) {
    const known = this.#compiled.get(file);
    if (known !== undefined) return known;
    const { code } = transformFileSync(file, {
      module: { type: 'commonjs' },
      jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
    });
    this.#compiled.set(file, code);
    return code;
  }
}
