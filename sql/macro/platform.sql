-- Platforms that sell ads under one name and send visits under others.

-- true when what is declared for `platform` (null: for any) holds for `seen`
create or replace temporary macro covers_platform(platform, seen) as
    platform is null
    or platform = seen
    or platform = 'meta' and seen in ('facebook', 'instagram', 'messenger', 'threads', 'whatsapp')
    or platform = 'google' and seen = 'youtube';
