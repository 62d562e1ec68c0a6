/** Again and again; what fails once it is aborted is no failure. */
export async function untilAborted(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await work().catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}
