/**
 * Loaded ahead of a worker that runs from source (see `worker-entry.ts`); never in a built program. Written in erasable
 * syntax, since Node reads this file before the hooks exist.
 */
import { existsSync, readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';

registerHooks({
  // Our imports name the file that tsc will write (`./x.js`); from source that is `./x.ts`.
  resolve(specifier, context, next) {
    const parent = context.parentURL;
    if (parent !== undefined && /^\.{1,2}\/.*\.js$/.test(specifier)) {
      const source = new URL(specifier.replace(/\.js$/, '.ts'), parent);
      if (source.protocol === 'file:' && existsSync(source))
        return { url: source.href, format: 'module', shortCircuit: true };
    }
    return next(specifier, context);
  },
  // `transform` also covers what is not erasable, such as parameter properties.
  load(url, context, next) {
    if (!url.startsWith('file:') || !url.endsWith('.ts') || url.includes('/node_modules/')) return next(url, context);
    const source = stripTypeScriptTypes(readFileSync(new URL(url), 'utf8'), { mode: 'transform', sourceUrl: url });
    return { format: 'module', source, shortCircuit: true };
  },
});
