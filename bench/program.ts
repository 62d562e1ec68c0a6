/** The built program, for measurements at the level of its services; its types come from the sources. */
export const loadProgram = async () => {
  const built = <Module>(path: string) => import(new URL(`../dist/${path}`, import.meta.url).href) as Promise<Module>;
  // The decorators of the GraphQL types rest on it.
  await import('reflect-metadata');
  const [{ compose }, { createServices }, { loadConfig }, { registerJobs }, { OnnxTextEmbedder }] = await Promise.all([
    built<typeof import('../src/app/compose.js')>('app/compose.js'),
    built<typeof import('../src/app/services.js')>('app/services.js'),
    built<typeof import('../src/config/load.js')>('config/load.js'),
    built<typeof import('../src/jobs/jobs.js')>('jobs/jobs.js'),
    built<typeof import('../src/adapters/models/onnx-text.embedder.js')>('adapters/models/onnx-text.embedder.js'),
  ]);
  return { compose, createServices, loadConfig, registerJobs, OnnxTextEmbedder };
};
