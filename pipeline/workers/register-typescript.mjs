// First module of a worker thread in a checkout: teaches the thread to load TypeScript, then loads its entry.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData.entry);
