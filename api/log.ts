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

/** Takes keys, secrets of webhooks and passwords of addresses out of a text. */
export function scrub(text: string): string {
  return text
    .replace(/(lp_live_\w{8})_[\w-]+/g, '$1_[redacted]')
    .replace(/whsec_[\w+/=-]+/g, 'whsec_[redacted]')
    .replace(/(\w+:\/\/[^\s:/@]+):[^\s@/]+@/g, '$1:[redacted]@')
    .replace(/(liftproof_session=)[\w-]+/g, '$1[redacted]');
}
