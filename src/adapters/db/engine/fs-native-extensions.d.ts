declare module 'fs-native-extensions' {
  interface LockOptions {
    shared?: boolean;
  }
  /** Takes a lock of the operating system on the open file; it goes when the file is closed or the process dies. */
  export function tryLock(fd: number, options?: LockOptions): boolean;
  export function unlock(fd: number): void;
}
