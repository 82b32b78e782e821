/** Answers requests: an app, or several behind one address. */
export interface Answering {
  fetch(request: Request, env?: object): Response | Promise<Response>;
}

/** `/v1/w/{workspace}/…`, `/w/{workspace}/…`, and what needs no key: `/s/{workspace}/…`, `/join/{workspace}/…` */
const OF_WORKSPACE = /^[a-z]+:\/\/[^/]*\/(?:v1\/w|w|s|join)\/([^/?#]+)/;
/** Answered by any app in the same way, where none is named that is served. */
const OF_ANY = /^[a-z]+:\/\/[^/]*\/(?:assets|s|join)\//;

/**
 * Several workspaces behind one address: each request goes to the app of the workspace that its path names, all others to `root`, which
 * knows no workspace, so that a name that is not served and one that the caller may not see are answered alike.
 */
export function siteOf(apps: ReadonlyMap<string, Answering>, root: Answering): Answering {
  const [first] = apps.values();
  return {
    fetch(request, env) {
      const name = OF_WORKSPACE.exec(request.url)?.[1];
      const app = (name === undefined ? undefined : apps.get(name)) ?? (OF_ANY.test(request.url) ? first : root);
      return app.fetch(request, env);
    },
  };
}
