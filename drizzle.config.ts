import { defineConfig } from 'drizzle-kit';

// npx drizzle-kit generate --name <what changed>
export default defineConfig({
  dialect: 'postgresql',
  schema: './pipeline/control/schema.ts',
  out: './pipeline/control/migrations',
  schemaFilter: ['liftproof'],
});
