import { type Relation, relationsOf } from './relations.ts';
import type { Warehouse } from './warehouse.ts';

/** The complete daily panels that studies read, in building order. The weekly ones of the mix have settings of their own. */
export async function dailyPanels(warehouse: Warehouse): Promise<Relation[]> {
  return (await relationsOf(warehouse, ['panel'])).filter(({ name }) => !name.startsWith('panel.mix_'));
}
