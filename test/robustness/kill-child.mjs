// A process that ingests every file of a folder, in order, and says each time that one is loaded; made to be killed.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const [ingestModule, workspaceModule, directory, inputs] = process.argv.slice(2);
const { ingest } = await import(ingestModule);
const { openWorkspace } = await import(workspaceModule);
console.log('opening');
const workspace = await openWorkspace(directory);
for (const file of readdirSync(inputs).sort()) {
  const receipt = await ingest(workspace, join(inputs, file), { exportedAt: '2026-07-01T00:00:00Z' });
  console.log(`ack ${receipt.batch_id}`);
}
workspace.close();
console.log('done');
