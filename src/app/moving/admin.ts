import type { AdminRoutes } from '../../server/options.js';
import type { App } from '../compose.js';

const TAR = 'application/x-tar';

/** The tasks of `/admin`, each loaded when it is asked for. */
export function adminTasks(app: App): AdminRoutes {
  return {
    async handle({ method, path, signal }) {
      switch (`${method} ${path}`) {
        case 'GET backup': {
          const { backUp } = await import('./backup.js');
          return { contentType: TAR, stream: await backUp(app, signal) };
        }
        default:
          return null;
      }
    },
  };
}
