#!/usr/bin/env node
import { main } from './cli/main.ts';

// whoever reads the output may stop early, as `head` does: the work goes on, and nobody misses what was not read
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

await main(process.argv.slice(2));
