import type { SourceKind } from '../source.ts';

/** TikTok Studio `Content`: one row a video, totals to the time of the export. */
export const tiktokContentCsv: SourceKind = {
  kind: 'tiktok_content_csv',
  title: 'TikTok Studio content export',
  platform: 'tiktok',
  streams: ['post', 'metric_observation', 'source_account'],
  assumes: {
    time_zone:
      'post times carry none; where the video id does not tell the time, the day is read as UTC and marked as of unknown zone',
  },
  format: {
    type: 'csv',
    columns: {
      date: ['Time', 'Zeit', 'Heure', 'Hora'],
      video_title: ['Video title', 'Videotitel', 'Titre de la vidéo', 'Título del vídeo', 'Título del video'],
      link: [
        'Video link',
        'Videolink',
        'Video-Link',
        'Lien de la vidéo',
        'Lien vidéo',
        'Enlace del vídeo',
        'Enlace del video',
      ],
      post_time: [
        'Post time',
        'Posted on',
        'Veröffentlichungszeit',
        'Gepostet am',
        'Heure de publication',
        'Date de publication',
        'Hora de publicación',
        'Fecha de publicación',
      ],
      likes: [
        'Total likes',
        'Likes',
        /^(?:gefällt-mir-angaben|likes) (?:insgesamt|gesamt)$/,
        /^total (?:des )?(?:j['’]aime|de me gusta)$/,
        /^(?:total de )?me gusta(?: totales)?$/,
      ],
      comments: [
        'Total comments',
        'Comments',
        /^kommentare (?:insgesamt|gesamt)$/,
        /^total (?:des )?commentaires$/,
        /^(?:total de )?comentarios(?: totales)?$/,
      ],
      shares: [
        'Total shares',
        'Shares',
        /^(?:geteilt|shares) (?:insgesamt|gesamt)$/,
        /^total (?:des )?partages$/,
        /^total de veces compartid[oa]s?$/,
      ],
      views: [
        'Total views',
        'Views',
        /^aufrufe (?:insgesamt|gesamt)$/,
        /^total (?:des )?vues$/,
        /^(?:total de )?(?:visualizaciones|reproducciones)(?: totales)?$/,
      ],
      play_time: ['Total play time'],
      average_watch_time: ['Average watch time'],
      watched_full: ['Watched full video'],
      favorites: ['Add to favorites', 'Total favorites', 'Favorites', 'Total bookmarks'],
      reached_audience: ['Reached audience'],
      new_followers: ['New followers'],
    },
    required: ['link', 'views', 'likes'],
  },
};
