import type { Config } from '../config.ts';
import type { Warehouse } from '../warehouse.ts';

export async function makeBridge(_w: Warehouse, _c: Config, _make: (name: string) => Promise<void>): Promise<void> {}
