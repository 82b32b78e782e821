/** What a run publishes for readers outside, by hand: two channels whole, one campaign and small channels folded. */
export const SHARED_TABLES: Readonly<Record<string, string>> = {
  shared_credit: `select channel, campaign_id, campaign_name, is_suppressed, folded_rows, cast(conversions as decimal(28, 9)) as conversions,
      cast(net as decimal(18, 2)) as revenue_gross, cast(0 as decimal(18, 2)) as refunds, cast(net as decimal(18, 2)) as revenue_net, cast(spend as decimal(18, 2)) as spend
    from (values
      ('Paid Social', 'spring', 'Spring, all', false, 1, '80.5', '8000.10', '1000.00'), ('Paid Social', '(suppressed)', null, true, 3, '60', '2000.00', '100.00'),
      ('(suppressed)', '(suppressed)', null, true, 4, '55', '500.00', '50.50'), ('Email', '(none)', null, false, 1, '70', '7000.00', '0.00')
    ) as t (channel, campaign_id, campaign_name, is_suppressed, folded_rows, conversions, net, spend)`,
  shared_study: `select * from (values ('sun_geo', true), ('campaign:spring', false), ('next_posts', true)) as t (study_id, is_shared)`,
};
