import { fileURLToPath } from 'node:url';
import { SAMPLE } from '../models/simulate/sample-market.ts';
import { writeMarket } from '../pipeline/write-market.ts';

// Rewrites data-samples/ after the simulator changed: npx tsx bench/make-data-samples.ts
const directory = fileURLToPath(new URL('../data-samples/', import.meta.url));
const { files, market } = writeMarket(directory, SAMPLE);
for (const { path, bytes } of files) console.log(`${String(bytes).padStart(9)}  ${path}`);
console.log(
  `${files.reduce((sum, { bytes }) => sum + bytes, 0)} bytes, ${market.orders.length} orders, seed ${SAMPLE.seed}`,
);
