import { adminPage } from './admin.tsx';
import { budgetPage } from './budget.tsx';
import { channelsPage } from './channels.tsx';
import { financePage } from './finance.tsx';
import { homePage } from './home.tsx';
import { howPage } from './how.tsx';
import { mixPage } from './mix.tsx';
import { overviewPage } from './overview.tsx';
import type { Page } from './page.ts';
import { pathsPage } from './paths.tsx';
import { planPage } from './plan.tsx';
import { postsPage } from './posts.tsx';
import { studiesPage } from './studies.tsx';
import { trustPage } from './trust.tsx';

/** Every page, in the order of the navigation. */
export const PAGES: readonly Page[] = [
  homePage,
  overviewPage,
  channelsPage,
  pathsPage,
  postsPage,
  mixPage,
  studiesPage,
  planPage,
  budgetPage,
  financePage,
  trustPage,
  adminPage,
  howPage,
];
