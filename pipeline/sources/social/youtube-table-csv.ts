import type { SourceKind } from '../source.ts';

/** YouTube Studio advanced mode, `Table data.csv`: videos over a period that the file does not name. */
export const youtubeTableCsv: SourceKind = {
  kind: 'youtube_table_csv',
  title: 'YouTube Studio table data export',
  platform: 'youtube',
  streams: ['post', 'metric_observation'],
  assumes: {
    time_zone: 'publish times carry none; read as UTC and marked as of unknown zone',
    period:
      'the file does not name the period its numbers are of; when Lifetime was chosen in Studio, declare period: lifetime, else they are kept as a range and not counted with others',
    account: 'the only account of its platform; declare one when there are more',
  },
  format: {
    type: 'csv',
    columns: {
      id: ['Content', 'Video', 'Inhalte', 'Inhalt', 'Contenu', 'Contenido'],
      video_title: ['Video title', 'Videotitel', 'Titre de la vidéo', 'Título del vídeo', 'Título del video'],
      publish_time: [
        'Video publish time',
        'Veröffentlichungszeit des Videos',
        'Veröffentlichungszeitpunkt des Videos',
        /^(?:date|heure|horaire) de publication(?: de la vidéo)?$/,
        /^(?:hora|fecha) de publicación(?: del v[ií]deo)?$/,
      ],
      duration: ['Duration', 'Dauer', 'Durée', 'Duración'],
      views: ['Views', 'Aufrufe', 'Vues', 'Visualizaciones', 'Vistas'],
      watch_hours: [
        'Watch time (hours)',
        /^wiedergabezeit \(.*\)$/,
        /^durée de visionnage \(.*\)$/,
        /^tiempo de visualización \(.*\)$/,
      ],
      subscribers: ['Subscribers', 'Abonnenten', 'Abonnés', 'Suscriptores'],
      subscribers_gained: ['Subscribers gained', 'Gewonnene Abonnenten', 'Abonnés gagnés', 'Suscriptores conseguidos'],
      subscribers_lost: ['Subscribers lost', 'Verlorene Abonnenten', 'Abonnés perdus', 'Suscriptores perdidos'],
      likes: ['Likes', /^[„“"']?mag ich[“”"']?(?:-bewertungen)?$/, "J'aime", 'J’aime', 'Mentions J’aime', 'Me gusta'],
      dislikes: ['Dislikes'],
      comments: ['Comments added', 'Hinzugefügte Kommentare', 'Commentaires ajoutés', 'Comentarios añadidos'],
      shares: ['Shares', 'Geteilte Inhalte', 'Geteilt', 'Partages', 'Veces que se ha compartido', 'Veces compartido'],
      impressions: ['Impressions', 'Impressionen', 'Impresiones'],
      click_through_rate: [
        'Impressions click-through rate (%)',
        /^klickrate der impressionen.*$/,
        /^taux de clics (?:par|des) impressions.*$/,
        /^porcentaje de clics de las impresiones.*$/,
      ],
      average_view_duration: ['Average view duration'],
      revenue: [/^estimated revenue \((\w{3})\)$/],
    },
    required: ['id', 'publish_time', 'views', 'watch_hours'],
  },
};
