import { MediaPool } from '../../src/adapters/media/media-pool.js';
import { WorkerMediaReader } from '../../src/adapters/media/worker-media.reader.js';
import { mediaReaderContract } from './media-reader.contract.js';

mediaReaderContract('a pool of processes', () => new WorkerMediaReader(new MediaPool({ processes: 2, ffmpeg: null })));
