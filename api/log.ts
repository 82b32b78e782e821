import pino from 'pino';

export type Log = pino.Logger;

/** Fields that never reach a log, wherever they stand. */
const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'set-cookie',
  'key',
  'token',
  'secret',
  'password',
  'pepper',
  'csrf_token',
  'signature',
];

/** Lines of JSON on standard error: what was asked, what broke; never a secret, never a body, never what stands behind the ? of an address. */
export function serverLog(level: string, destination?: pino.DestinationStream): Log {
  const paths = SECRET_FIELDS.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]);
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths, censor: '[redacted]' },
      formatters: { level: (label) => ({ level: label }) },
      hooks: {
        // what others wrote (errors, output of jobs) may quote a secret
        streamWrite: scrub,
      },
    },
    destination ?? pino.destination({ fd: 2, sync: false }),
  );
}

/** Takes keys, invitations, signatures of links, secrets of webhooks and passwords of addresses out of a text. */
export function scrub(text: string): string {
  return (
    text
      .replace(/(lp_live_\w{8})_[\w-]+/g, '$1_[redacted]')
      .replace(/lp_join_[\w-]+/g, 'lp_join_[redacted]')
      // the signature of a share link
      .replace(/(\/s\/[^/\s]+\/[\w-]{22}\.[0-9a-z]+)\.[\w-]{43}/g, '$1.[redacted]')
      .replace(/whsec_[\w+/=-]+/g, 'whsec_[redacted]')
      .replace(/(\w+:\/\/[^\s:/@]+):[^\s@/]+@/g, '$1:[redacted]@')
      .replace(/(liftproof_session=)[\w-]+/g, '$1[redacted]')
  );
}
