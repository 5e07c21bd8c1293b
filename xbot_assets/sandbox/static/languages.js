// The words of more languages, as far as anything on the page depends on them: what counts, marks, failures.
import { number } from './numbers.js';

const counted = (noun) => (n) => `${number(n)} ${noun}`;

// Each language says what is counted, and what the buttons do.
const language = ({ replies, reposts, likes, bookmarks, views, joiner = ', ', stop = '. ', does, ...more }) => ({
  reply: counted(replies), repost: counted(reposts), like: counted(likes), bookmark: counted(bookmarks), viewCount: counted(views), joiner,
  replyButton: (n) => `${number(n)} ${replies}${stop}${does[0]}`,
  repostButton: (n) => `${number(n)} ${reposts}${stop}${does[1]}`,
  likeButton: (n) => `${number(n)} ${likes}${stop}${does[2]}`,
  bookmarkButton: (n) => `${number(n)} ${bookmarks}${stop}${does[3]}`,
  bookmarkPlain: does[3], views, ...more,
});

export const MORE = {
  es: language({
    replies: 'respuestas', reposts: 'reposts', likes: 'Me gusta', bookmarks: 'elementos guardados', views: 'reproducciones',
    does: ['Responder', 'Repostear', 'Indicar que te gusta', 'Guardar'], liked: 'Te gusta', analytics: 'Ver estadísticas del post',
    pinned: 'Fijado', reposted: (name) => `${name} reposteó`, ad: 'Anuncio', quote: 'Citar', following: 'Siguiendo', followers: 'Seguidores', posts: 'posts',
    wrong: 'Algo salió mal. Intenta recargar.', retry: 'Reintentar', discoverMore: 'Descubrir más', translated: 'Traducido del inglés', original: 'Mostrar original',
  }),
  fr: language({
    replies: 'réponses', reposts: 'reposts', likes: 'J’aime', bookmarks: 'signets', views: 'vues',
    does: ['Répondre', 'Reposter', 'Aimer', 'Signet'], liked: 'Aimé', analytics: 'Voir les statistiques du post',
    pinned: 'Épinglé', reposted: (name) => `${name} a reposté`, ad: 'Sponsorisé', quote: 'Citer', following: 'abonnements', followers: 'abonnés', posts: 'posts',
    wrong: 'Un problème est survenu. Essayez de recharger.', retry: 'Réessayer', discoverMore: 'Plus à découvrir', translated: 'Traduit de l’anglais', original: 'Afficher l’original',
  }),
  'zh-Hant': language({
    replies: '則回覆', reposts: '次轉發', likes: '個喜歡', bookmarks: '個書籤', views: '次觀看', joiner: '、', stop: '。',
    does: ['回覆', '轉發', '喜歡', '書籤'], liked: '已喜歡', analytics: '查看貼文分析',
    pinned: '已釘選', reposted: (name) => `${name} 已轉發`, ad: '廣告', quote: '引用', following: '正在跟隨', followers: '位跟隨者', posts: '則貼文',
    wrong: '發生錯誤。請嘗試重新載入。', retry: '重試', discoverMore: '探索更多', translated: '翻譯自英文', original: '顯示原文',
  }),
  ar: language({
    replies: 'ردود', reposts: 'إعادات نشر', likes: 'إعجابات', bookmarks: 'إشارات مرجعية', views: 'مشاهدات', joiner: '، ',
    does: ['رد', 'إعادة نشر', 'أعجبني', 'إشارة مرجعية'], liked: 'أعجبك', analytics: 'عرض تحليلات المنشور',
    pinned: 'مثبّت', reposted: (name) => `أعاد ${name} النشر`, ad: 'إعلان', quote: 'اقتباس', following: 'متابَعون', followers: 'متابعون', posts: 'منشورات',
    wrong: 'حدث خطأ ما. حاول إعادة التحميل.', retry: 'إعادة المحاولة', discoverMore: 'اكتشف المزيد', translated: 'تُرجم من الإنجليزية', original: 'عرض الأصل',
  }),
  hi: language({
    replies: 'जवाब', reposts: 'रीपोस्ट', likes: 'पसंद', bookmarks: 'बुकमार्क', views: 'व्यू',
    does: ['जवाब दें', 'रीपोस्ट करें', 'पसंद करें', 'बुकमार्क करें'], liked: 'पसंद किया', analytics: 'पोस्ट की जानकारी देखें',
    pinned: 'पिन किया गया', reposted: (name) => `${name} ने रीपोस्ट किया`, ad: 'विज्ञापन', quote: 'कोट', following: 'फ़ॉलोइंग', followers: 'फ़ॉलोअर', posts: 'पोस्ट',
    wrong: 'कुछ गड़बड़ हुई। दोबारा लोड करें।', retry: 'दोबारा कोशिश करें', discoverMore: 'और देखें', translated: 'अंग्रेज़ी से अनुवादित', original: 'मूल दिखाएँ',
  }),
};
