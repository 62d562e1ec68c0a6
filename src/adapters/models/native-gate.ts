/**
 * Keeps a thread from being ended inside onnxruntime. A worker thread that is terminated, or whose process exits, while
 * it is in a native call of onnxruntime-node (1.30), or loads it, takes the whole process down with it (`terminate called after
 * throwing an instance of 'Napi::Error'`, SIGABRT). So a worker passes this gate around each call, and whoever is about to end the
 * thread closes it first and waits for the call under way, a tenth of a second or so. A thread that starts is inside until it has
 * loaded the runtime.
 *
 * The memory is shared: [0] is 1 once the gate is closed, [1] is 1 while the worker is inside.
 */
export class NativeGate {
  private readonly state: Int32Array<SharedArrayBuffer>;

  /** In the worker, by the memory that it was given. */
  constructor(readonly memory: SharedArrayBuffer) {
    this.state = new Int32Array(memory);
  }

  /** Of a thread that is about to start. */
  static ofNewThread(): NativeGate {
    const gate = new NativeGate(new SharedArrayBuffer(8));
    Atomics.store(gate.state, INSIDE, 1);
    return gate;
  }

  /** In the worker, once it has loaded the runtime. */
  started(): void {
    this.leave();
  }

  /** In the worker. Behind a closed gate the thread sleeps until it is ended. */
  async pass<T>(call: () => Promise<T>): Promise<T> {
    Atomics.store(this.state, INSIDE, 1);
    if (Atomics.load(this.state, CLOSED) === 1) {
      this.leave();
      Atomics.wait(this.state, CLOSED, 1);
    }
    try {
      return await call();
    } finally {
      this.leave();
    }
  }

  /** In the main thread, which it blocks: only ahead of `terminate()` or the end of the process. False where the call took longer. */
  close(timeoutMs: number): boolean {
    Atomics.store(this.state, CLOSED, 1);
    return Atomics.load(this.state, INSIDE) === 0 || Atomics.wait(this.state, INSIDE, 1, timeoutMs) !== 'timed-out';
  }

  private leave(): void {
    Atomics.store(this.state, INSIDE, 0);
    Atomics.notify(this.state, INSIDE);
  }
}

const CLOSED = 0;
const INSIDE = 1;
