import { type Config, RULE_MODELS } from '../config.ts';

/** The rule model whose credit finance reports: only these divide every order to the cent. */
export function financeModel(config: Config): string {
  const rule = RULE_MODELS.find((model) => model === config.models.default);
  return config.finance.model ?? rule ?? 'position_based';
}
