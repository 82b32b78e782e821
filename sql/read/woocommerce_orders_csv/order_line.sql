-- Line items of WooCommerce's order export, one a numbered column: name:Cup|product_id:9|sku:CUP|quantity:2|total:18.00|sub_total:20.00.
-- A price is what one piece cost after discounts and without tax, as in the API.
-- grain:  one row per order and line item
-- key:    shop_id, source_order_id, line_id
-- params: $shop, $decimal_mark
with

numbered as (
    select
        line_no,
        cell(order_id) as source_order_id,
        line_item_201,
        [
            line_item_1, line_item_2, line_item_3, line_item_4, line_item_5, line_item_6, line_item_7, line_item_8, line_item_9,
            line_item_10, line_item_11, line_item_12, line_item_13, line_item_14, line_item_15, line_item_16, line_item_17,
            line_item_18, line_item_19, line_item_20, line_item_21, line_item_22, line_item_23, line_item_24, line_item_25,
            line_item_26, line_item_27, line_item_28, line_item_29, line_item_30, line_item_31, line_item_32, line_item_33,
            line_item_34, line_item_35, line_item_36, line_item_37, line_item_38, line_item_39, line_item_40, line_item_41,
            line_item_42, line_item_43, line_item_44, line_item_45, line_item_46, line_item_47, line_item_48, line_item_49,
            line_item_50, line_item_51, line_item_52, line_item_53, line_item_54, line_item_55, line_item_56, line_item_57,
            line_item_58, line_item_59, line_item_60, line_item_61, line_item_62, line_item_63, line_item_64, line_item_65,
            line_item_66, line_item_67, line_item_68, line_item_69, line_item_70, line_item_71, line_item_72, line_item_73,
            line_item_74, line_item_75, line_item_76, line_item_77, line_item_78, line_item_79, line_item_80, line_item_81,
            line_item_82, line_item_83, line_item_84, line_item_85, line_item_86, line_item_87, line_item_88, line_item_89,
            line_item_90, line_item_91, line_item_92, line_item_93, line_item_94, line_item_95, line_item_96, line_item_97,
            line_item_98, line_item_99, line_item_100, line_item_101, line_item_102, line_item_103, line_item_104,
            line_item_105, line_item_106, line_item_107, line_item_108, line_item_109, line_item_110, line_item_111,
            line_item_112, line_item_113, line_item_114, line_item_115, line_item_116, line_item_117, line_item_118,
            line_item_119, line_item_120, line_item_121, line_item_122, line_item_123, line_item_124, line_item_125,
            line_item_126, line_item_127, line_item_128, line_item_129, line_item_130, line_item_131, line_item_132,
            line_item_133, line_item_134, line_item_135, line_item_136, line_item_137, line_item_138, line_item_139,
            line_item_140, line_item_141, line_item_142, line_item_143, line_item_144, line_item_145, line_item_146,
            line_item_147, line_item_148, line_item_149, line_item_150, line_item_151, line_item_152, line_item_153,
            line_item_154, line_item_155, line_item_156, line_item_157, line_item_158, line_item_159, line_item_160,
            line_item_161, line_item_162, line_item_163, line_item_164, line_item_165, line_item_166, line_item_167,
            line_item_168, line_item_169, line_item_170, line_item_171, line_item_172, line_item_173, line_item_174,
            line_item_175, line_item_176, line_item_177, line_item_178, line_item_179, line_item_180, line_item_181,
            line_item_182, line_item_183, line_item_184, line_item_185, line_item_186, line_item_187, line_item_188,
            line_item_189, line_item_190, line_item_191, line_item_192, line_item_193, line_item_194, line_item_195,
            line_item_196, line_item_197, line_item_198, line_item_199, line_item_200
        ] as items
    from input
),

listed as (
    select
        line_no,
        source_order_id,
        unnest(items) as item,
        unnest(generate_series(1, len(items))) as place
    from numbered
),

fields as (
    select
        line_no,
        source_order_id,
        place,
        -- a name may hold bars and colons: it ends where the product begins
        cell(regexp_extract(item, '(?s)^name:(.*?)\|product_id:', 1)) as title,
        cell(regexp_extract(item, '\|product_id:([^|]*)', 1)) as product_id,
        cell(regexp_extract(item, '\|sku:([^|]*)', 1)) as sku,
        number_text(nullif(regexp_extract(item, '\|quantity:([^|]*)', 1), ''), $decimal_mark) as quantity,
        number_text(nullif(regexp_extract(item, '\|total:([^|]*)', 1), ''), $decimal_mark) as total,
        number_text(nullif(regexp_extract(item, '\|sub_total:([^|]*)', 1), ''), $decimal_mark) as subtotal,
        number_text(nullif(regexp_extract(item, '\|tax:([^|]*)', 1), ''), $decimal_mark) as tax
    from listed
    where cell(item) is not null
)

select
    line_no,
    $shop as shop_id,
    source_order_id,
    place as line_id,
    sku,
    product_id,
    title,
    quantity,
    quotient_text(total, quantity) as unit_price,
    case when subtotal is not null then sum_text([subtotal, negated_text(total)]) end as discount,
    tax,
    case when is_gift_card_name(title) then 'true' else 'false' end as is_gift_card,
    null as reject_reason
from fields

union all

select
    line_no,
    $shop as shop_id,
    source_order_id,
    201 as line_id,
    null as sku,
    null as product_id,
    null as title,
    null as quantity,
    null as unit_price,
    null as discount,
    null as tax,
    null as is_gift_card,
    'an order of more than 200 lines; export it as JSON' as reject_reason
from numbered
where cell(line_item_201) is not null
