// How requests reach the server, and in whose name: the access token of the last answer that held one is used by every
// following request of this browser tab, unless the headers editor names another.

import { createGraphiQLFetcher, type Fetcher } from '@graphiql/toolkit';

const ENDPOINT = '/graphql';
const TOKEN_KEY = 'personal_automations:access-token';
const TOKEN_FIELD = 'accessToken';

/** The first string called `accessToken` in an answer, however deep it lies. */
export function findToken(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  for (const [key, inner] of Object.entries(value)) {
    const found = key === TOKEN_FIELD && typeof inner === 'string' ? inner : findToken(inner);
    if (found) {
      return found;
    }
  }
  return undefined;
}

function authorization(): Record<string, string> {
  const token = sessionStorage.getItem(TOKEN_KEY);
  return token ? { Authorization: `Bearer ${token}` } : {};
}

async function fetchAndRemember(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  const token = findToken(await response.clone().json().catch(() => undefined));
  if (token) {
    sessionStorage.setItem(TOKEN_KEY, token);
  }
  return response;
}

/** Queries and mutations go over HTTP, subscriptions over WebSocket with the headers as its initial payload. */
export const fetcher: Fetcher = (parameters, options) => {
  const known = authorization();
  const named = Object.keys(options?.headers ?? {}).some((name) => name.toLowerCase() === 'authorization');
  const headers = named ? {} : known;
  const send = createGraphiQLFetcher({
    url: ENDPOINT,
    subscriptionUrl: new URL(ENDPOINT, location.href).href.replace(/^http/, 'ws'),
    headers,
    wsConnectionParams: headers,
    fetch: fetchAndRemember,
  });
  return send(parameters, options);
};
