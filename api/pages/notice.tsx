import type { Child } from 'hono/jsx';
import { Document } from './frame.tsx';

/** A page that says one thing, outside every workspace. */
export function Notice({ title, children }: { title: string; children?: Child }) {
  return (
    <Document title={title}>
      <main class="shared">
        <h1>{title}</h1>
        <p>{children}</p>
      </main>
    </Document>
  );
}
