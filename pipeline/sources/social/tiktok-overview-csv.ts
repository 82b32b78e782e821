import type { SourceKind } from '../source.ts';

/** TikTok Studio `Overview`: the account's days, written without a year. */
export const tiktokOverviewCsv: SourceKind = {
  kind: 'tiktok_overview_csv',
  title: 'TikTok Studio overview export',
  platform: 'tiktok',
  streams: ['metric_observation'],
  assumes: {
    account: 'the only account of its platform; declare one when there are more',
    year: 'days carry none; the newest is dated to the last year in which it is not after the export',
  },
  format: {
    type: 'csv',
    columns: {
      date: ['Date', 'Datum', 'Fecha', 'Data'],
      video_views: [
        'Video Views',
        'Post views',
        'Videoaufrufe',
        'Video-Aufrufe',
        'Beitragsaufrufe',
        /^vues (?:de|des) (?:la |les )?vidéos?$/,
        /^vues des? (?:publications|posts)$/,
        /^(?:visualizaciones|reproducciones) (?:de|del) (?:los )?v[ií]deos?$/,
      ],
      profile_views: [
        'Profile Views',
        'Profilaufrufe',
        'Profilansichten',
        'Vues du profil',
        'Vues de profil',
        /^(?:visualizaciones|visitas) (?:de|del|al) perfil$/,
      ],
      likes: ['Likes', /^[„“"']?gefällt[ -]mir[“”"']?(?:-angaben)?$/, "J'aime", 'J’aime', 'Me gusta'],
      comments: ['Comments', 'Kommentare', 'Commentaires', 'Comentarios'],
      shares: ['Shares', 'Geteilt', 'Geteilte Inhalte', 'Partages', 'Veces compartido', 'Compartidos'],
      reached_audience: [
        'Reached audience',
        'Reached Audience',
        'Erreichte Zielgruppe',
        'Audience atteinte',
        'Audiencia alcanzada',
      ],
    },
    required: ['date', 'video_views', 'profile_views'],
  },
};
