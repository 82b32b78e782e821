import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { InputError } from '../../models/errors.ts';
import { isPublicAddress, publicAddressOf } from './public-address.ts';

export interface SendOptions {
  timeoutMs?: number;
  /** for tests, which have no public receiver */
  isAllowed?: (address: string) => boolean;
  allowHttp?: boolean;
}

/** What a receiver answered; a redirect is an answer like any other, and not followed. */
export interface SendOutcome {
  status: number;
}

/** @throws InputError `bad_parameter` for what is no https address of another host */
export function checkWebhookUrl(text: string, allowHttp = false): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isKnown = url?.protocol === 'https:' || (allowHttp && url?.protocol === 'http:');
  if (url === null || !isKnown || url.username !== '' || url.password !== '' || url.hash !== '')
    throw new InputError('bad_parameter', 'expected an https address without user, password and #');
  return url;
}

/**
 * Posts a message to a receiver at a public address, resolved once and then connected to.
 *
 * @throws InputError `not_allowed` for an address that is not public, `not_found`, `timeout`; what the connection throws
 */
export async function sendWebhook(
  address: string,
  headers: Record<string, string>,
  body: string,
  options: SendOptions = {},
): Promise<SendOutcome> {
  const url = checkWebhookUrl(address, options.allowHttp);
  const target = await publicAddressOf(url.hostname, options.isAllowed ?? isPublicAddress);
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method: 'POST',
      agent: false,
      // the certificate is still checked against the name
      lookup: (_host, lookupOptions, done) => {
        if (lookupOptions.all) done(null, [target]);
        else done(null, target.address, target.family);
      },
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'liftproof-webhooks',
      },
    });
    const timer = setTimeout(
      () => sent.destroy(new InputError('timeout', 'the receiver did not answer in time')),
      options.timeoutMs ?? 10_000,
    );
    sent.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    sent.on('response', (response) => {
      clearTimeout(timer);
      // what it says beyond its status is not of interest, and may never end
      response.destroy();
      resolve({ status: response.statusCode ?? 0 });
    });
    sent.end(body);
  });
}
