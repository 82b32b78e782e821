/** What the orders of a new workspace come from: Shopify's own export, or a CSV of any shop with our column names. */
export const TEMPLATES = ['shopify', 'csv'] as const;

const SHOP_KINDS: Readonly<Record<(typeof TEMPLATES)[number], string>> = {
  shopify: 'shopify_orders_csv',
  csv: 'plain_orders',
};

/** The liftproof.yaml that `init` writes: every setting that people change, with what it means. */
export function configTemplate(given: {
  workspace: string;
  /** default shopify */
  template?: (typeof TEMPLATES)[number];
  timeZone: string;
  currency: string;
  consent: string;
  shop: string;
}): string {
  return `# Liftproof: one client, one workspace. Every key is checked; a wrong one is named with its line.

workspace: ${given.workspace}

reporting:
  time_zone: ${given.timeZone}      # days of every report
  currency: ${given.currency}               # orders and spend in other currencies are priced at the rate of their day

# What a file cannot say about itself. A file is recognised by its header, never by its name; an entry here is used when the kind
# fits, or when you name it: liftproof ingest orders.csv --source shop
sources:
  - id: shop
    kind: ${SHOP_KINDS[given.template ?? 'shopify']}
    shop: ${given.shop}               # one system of record per shop
    consent: ${given.consent}        # granted | unknown; a shop export carries none. Unknown: orders are not linked to persons
    # legal_basis: contract
  # - { id: meta_ads, kind: meta_ads_manager_csv, account: "1234", currency: EUR, time_zone: Europe/Paris }
  # Anything else: map its columns to one of our streams (docs/sources/mapping.md)
  # - id: crm_leads
  #   stream: conversion
  #   columns: { conversion_id: Lead ID, converted_at: Created, customer_key: Email }
  #   constants: { kind: lead, has_analytics_consent: true }   # only with consent: else leads are not linked to persons
  #   time_zone: Europe/Paris

# Hosts of the shop itself: a visit that comes from them is not a new arrival.
shop_hosts: []

# Campaigns, and the names they go by. utm_campaign equal to an id needs no entry.
campaigns: []
  # - { id: spring_launch, name: Spring launch, starts: 2026-03-01, ends: 2026-04-15 }
campaign_map: []
  # - { campaign: spring_launch, match: utm_campaign, value: Spring Launch 26 }
  # - { campaign: spring_launch, match: discount_code, value: SPRING10 }
  # - { campaign: spring_launch, match: platform_id, platform: meta, value: "120210000000000" }

# Which touches may earn credit: converted_at - window <= touch < converted_at, to the microsecond.
windows:
  click_days: 30
  view_days: 0                  # impressions are off
  engagement_days: 7
  campaign_days: 7              # engagement on a campaign's posts, before a touch of the campaign

exclusions:
  direct: unless_alone          # unless_alone | exclude | keep
  payment_hosts: []             # the common ones are known
  internal_hosts: []
  bots: true
  test_orders: true

journeys:
  repeat: cycles                # cycles: a journey starts anew after a conversion | overlapping
  conversions: [order]

models:
  default: position_based       # the one that reports show unless told otherwise
  # side by side in "liftproof report models"; also shapley_ordered, and learned_decay, which takes longer
  run: [first_touch, last_touch, last_non_direct, linear, position_based, time_decay, markov, shapley, shapley_rate]
  half_life_days: 7             # of time_decay
  position: { first: 0.4, middle: 0.2, last: 0.4 }
  markov_order: auto            # auto: by the loss on held-out persons | 1 | 2 | 3
  replicates: 200               # of the bootstrap over persons; 0 for no intervals
  level: 0.9                    # of every interval of credit
  minimum_conversions: 10       # channels credited with fewer orders are flagged
  seed: 1

# How engagement on posts shares the credit of its campaign.
engagement:
  weights: { reactions: 1, comments: 3, shares: 4, saves: 3, link_clicks: 5, views: 0.01 }
  half_life_days: 2

# Questions, written down before the answer is looked at; every run measures them (docs/studies.md). Campaigns without one are read as
# before and after, at most grade C; lift: { read_campaigns: false } turns that off.
studies: []
  # - id: autumn_ads
  #   kind: geo                   # geo | users | posting | campaign | boycott
  #   question: spend_sales       # posting_sales | posting_engagement | engagement_sales | spend_sales | boycott_sales
  #   campaigns: [spring_launch]
  #   treated: [FR-OCC, FR-NAQ]   # or left to the assignment log (plain_assignment)
  #   start: 2026-09-01
  #   end: 2026-09-28
  #   registered: 2026-08-20
  #   outcome: revenue_net
  #   method: sc                  # the headline; all others that apply stand beside it
  #   contribution_margin: 0.4

# One Bayesian mix model of paid, organic and negative signals, week by week (docs/mix.md). Takes a year and a half of weeks to say much.
# mix: {} derives the drivers from what was loaded: spend and engagement by platform, and all negative signals together.
# mix:
#   outcome: revenue_net          # revenue_net | revenue_gross | conversions | new_conversions
#   by_geo: false                 # true: one model over the geos of geo_map
#   drivers:                      # kind: paid | organic | negative | ambiguous | treatment | control
#     - { name: meta_ads, kind: paid, platform: meta }                     # measure: spend | impressions | clicks
#     - { name: spring, kind: paid, campaign: spring_launch, adstock: geometric, saturation: michaelis_menten }
#     - { name: instagram, kind: organic, platform: instagram }            # measure: engagements (weighted) | posts | a metric by name
#     - { name: boycott, kind: negative }                                  # measure: negative_engagements | negative_mentions; stance: boycott
#     - { name: temperature, kind: control, platform: weather, measure: degrees, aggregate: mean }
#   holidays: [{ name: sale, periods: [2026-06-22, 2026-06-29] }]
#   budget: { total: 50000, weeks: 13, channels: { meta_ads: { lower: 5000, upper: 30000 } }, target: { mroi: 1 } }
#   holdout_weeks: 8              # foretold by a second fit; 0 for none, a tenth of the weeks when absent
#   seed: 1

privacy:
  k: 10                         # groups of fewer persons are never published
`;
}
