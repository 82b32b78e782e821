import { Document } from './frame.tsx';

/** Takes an API key and makes a session of it; the key is not kept by the browser. */
export function SignIn({ workspace, next, isWrong }: { workspace?: string; next: string; isWrong?: boolean }) {
  return (
    <Document title={workspace === undefined ? 'Sign in' : `Sign in · ${workspace}`}>
      <main class="sign">
        <h1>Liftproof</h1>
        <p class="about">{workspace ?? 'Sign in with the key of your workspace.'}</p>
        {isWrong ? (
          <p class="error" role="alert" id="wrong">
            The key is not valid here. It may be mistyped, expired or revoked.
          </p>
        ) : null}
        <form method="post" action="/sign-in">
          <input type="hidden" name="next" value={next} />
          <label for="key">
            API key
            <input
              id="key"
              name="key"
              type="password"
              required
              autocomplete="current-password"
              placeholder="lp_live_…"
              aria-describedby={isWrong ? 'wrong help' : 'help'}
            />
          </label>
          <button type="submit">Sign in</button>
        </form>
        <p class="note" id="help">
          <code>liftproof serve</code> prints a key when it starts. It begins with <code>lp_live_</code>.
        </p>
      </main>
    </Document>
  );
}
