import type { SourceKind } from '../source.ts';
import { linkedinPageDaily } from './linkedin-page-daily.ts';

/**
 * LinkedIn page content export, sheet `All posts` (.xls, or the sheet saved as CSV). `Posted by` names staff and is not read.
 * The workbook's other sheet is read with it.
 */
export const linkedinPostsXls: SourceKind = {
  kind: 'linkedin_posts_xls',
  title: 'LinkedIn page content export, all posts',
  platform: 'linkedin',
  streams: ['post', 'metric_observation'],
  companions: [linkedinPageDaily],
  assumes: {
    account: 'the only account of its platform; declare one when there are more',
  },
  format: {
    type: 'csv',
    columns: {
      post_title: ['Post title', 'Beitragstitel', 'Titre du post', 'Título de la publicación'],
      link: ['Post link', 'Beitragslink', 'Link zum Beitrag', 'Lien du post', 'Enlace de la publicación'],
      post_type: ['Post type', 'Beitragstyp', 'Type de post', 'Tipo de publicación'],
      campaign_name: ['Campaign name', 'Kampagnenname', 'Nom de la campagne', 'Nombre de la campaña'],
      created_date: ['Created date', 'Erstellungsdatum', 'Erstellt am', 'Date de création', 'Fecha de creación'],
      campaign_start_date: ['Campaign start date', 'Startdatum der Kampagne'],
      campaign_end_date: ['Campaign end date', 'Enddatum der Kampagne'],
      audience: ['Audience', 'Zielgruppe', 'Audiencia', 'Público'],
      impressions: ['Impressions', 'Impressionen', 'Impresiones'],
      views: ['Views (Excluding offsite video views)', 'Views'],
      offsite_views: ['Offsite Views'],
      clicks: ['Clicks', 'Klicks', 'Clics'],
      click_through_rate: ['Click through rate (CTR)', /^(?:klickrate|taux de clics|porcentaje de clics)/],
      likes: ['Likes', 'Reactions', 'Reaktionen', "J'aime", 'J’aime', 'Réactions', 'Recomendaciones', 'Reacciones'],
      comments: ['Comments', 'Kommentare', 'Commentaires', 'Comentarios'],
      reposts: ['Reposts', 'Shares', 'Geteilt', 'Republications', 'Partages', 'Veces compartido'],
      follows: ['Follows', 'Follower', 'Abonnements', 'Seguimientos'],
      engagement_rate: [
        'Engagement rate',
        'Engagement-Rate',
        "Taux d'engagement",
        'Taux d’engagement',
        'Tasa de interacción',
      ],
      content_type: ['Content Type', 'Inhaltstyp', 'Type de contenu', 'Tipo de contenido'],
    },
    required: ['link', 'created_date', 'impressions', 'reposts'],
  },
};
