import type { Context } from 'hono';
import type { Scope } from '../../pipeline/control/roles.ts';
import type { FormCall, Shown } from './forms.ts';
import { takeKeyStep } from './key-forms.tsx';
import { takeMemberStep } from './member-forms.tsx';
import { takePlanStep } from './plan-forms.tsx';
import { takeShareStep } from './share-forms.tsx';

/** A form of a page that changes something: where it is sent, who may send it, and what becomes of it. */
export interface PageForm {
  /** segment of the address */
  path: string;
  scope: Scope;
  /** page and place to go back to */
  back: string;
  refused: string;
  /** @returns what is shown once, with its title; nothing leads back to the page. @throws InputError */
  take(c: Context, call: FormCall): Promise<Shown | undefined>;
}

export const PAGE_FORMS: readonly PageForm[] = [
  {
    path: 'keys',
    scope: 'admin',
    back: 'admin#programs',
    refused: 'The key was not changed',
    take: takeKeyStep,
  },
  {
    path: 'plans',
    scope: 'run:models',
    back: 'plan',
    refused: 'Nothing was planned',
    take: takePlanStep,
  },
  {
    path: 'members',
    scope: 'admin',
    back: 'admin#people',
    refused: 'The member was not changed',
    take: takeMemberStep,
  },
  {
    path: 'share-links',
    scope: 'admin',
    back: 'admin#sharing',
    refused: 'The share link was not changed',
    take: takeShareStep,
  },
];
