/**
 * onnxruntime reports to its maker, and keeps a file for that in the user's home, unless the environment says otherwise. It looks
 * there as it is loaded, in whatever thread; but only the main thread's environment is the process's own, so this is called there,
 * before any worker begins.
 */
export function silenceNativeLibraries(): void {
  process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
}
