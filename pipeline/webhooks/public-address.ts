import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { InputError } from '../../models/errors.ts';

/** Networks that are not the public internet (RFC 6890 and its like): a server must not be talked into asking there. */
const CLOSED_V4: readonly [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
/** Of IPv6 only what was given out is open, without documentation and without what holds an IPv4 address. */
const OPEN_V6: readonly [string, number][] = [['2000::', 3]];
const CLOSED_V6: readonly [string, number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const closedV4 = listOf(CLOSED_V4, 'ipv4');
const openV6 = listOf(OPEN_V6, 'ipv6');
const closedV6 = listOf(CLOSED_V6, 'ipv6');

/** Whether an address is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !closedV4.check(address, 'ipv4');
    case 6:
      return openV6.check(address, 'ipv6') && !closedV6.check(address, 'ipv6');
    default:
      return false;
  }
}

export interface ResolvedAddress {
  address: string;
  family: number;
}

/**
 * The address that a host stands for, when all that it stands for are public. Whoever connects must connect to this one and not ask
 * again: a name may answer otherwise the next time.
 *
 * @throws InputError `not_allowed` when one of them is not, `not_found` when there is none
 */
export async function publicAddressOf(
  host: string,
  isAllowed: (address: string) => boolean = isPublicAddress,
): Promise<ResolvedAddress> {
  const bare = host.replace(/^\[|\]$/g, '');
  let all: ResolvedAddress[];
  try {
    all = isIP(bare) === 0 ? await lookup(bare, { all: true }) : [{ address: bare, family: isIP(bare) }];
  } catch (cause) {
    throw new InputError('not_found', `${host} does not resolve`, { cause });
  }
  if (all.length === 0) throw new InputError('not_found', `${host} does not resolve`);
  if (!all.every(({ address }) => isAllowed(address)))
    throw new InputError('not_allowed', `${host} is not an address of the public internet`);
  return all[0];
}

function listOf(ranges: readonly [string, number][], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of ranges) list.addSubnet(address, prefix, family);
  return list;
}
