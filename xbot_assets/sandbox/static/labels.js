// The page's words in three languages whole, and in more where it matters. Other languages change order and number
// forms, so nothing should parse them.
import { state } from './dom.js';
import { MORE } from './languages.js';

const one = (singular, plural) => (count) => `${count} ${count === 1 ? singular : plural}`;

const EN = {
  reply: one('reply', 'replies'), repost: one('repost', 'reposts'), like: one('like', 'likes'),
  bookmark: one('bookmark', 'bookmarks'), viewCount: one('view', 'views'), liked: 'Liked', joiner: ', ',
  replyButton: (n) => `${n} ${n === 1 ? 'Reply' : 'Replies'}. Reply`,
  repostButton: (n, done) => `${n} ${n === 1 ? 'repost' : 'reposts'}. ${done ? 'Reposted' : 'Repost'}`,
  likeButton: (n, done) => `${n} ${n === 1 ? 'Like' : 'Likes'}. ${done ? 'Liked' : 'Like'}`,
  bookmarkButton: (n, done) => `${n} ${n === 1 ? 'Bookmark' : 'Bookmarks'}. ${done ? 'Bookmarked' : 'Bookmark'}`,
  bookmarkPlain: 'Bookmark', analytics: 'View post analytics', views: 'Views', share: 'Share post', more: 'More',
  home: 'Home', explore: 'Explore', exploreLong: 'Search and explore', notifications: 'Notifications', chat: 'Chat',
  profile: 'Profile', post: 'Post', postAll: 'Post all', replyWord: 'Reply', posts: 'Posts', repliesTab: 'Replies', repostsTab: 'Reposts', media: 'Media',
  yourHome: 'Your Home Timeline', search: 'Search', searchQuery: 'Search query', conversation: 'Conversation',
  timeline: (name) => `Timeline: ${name}`, searchTimeline: 'Search timeline', postsOf: (name) => `${name}’s posts`,
  pinned: 'Pinned', reposted: (name) => `${name} reposted`, quote: 'Quote', showMore: 'Show more', ad: 'Ad',
  replyingTo: 'Replying to ', and: ' and ', whatsUp: 'What’s happening?', postReply: 'Post your reply', postText: 'Post text',
  sent: 'Your post was sent.', view: 'View', wrong: 'Something went wrong. Try reloading.', retry: 'Retry',
  following: 'Following', followers: 'Followers', follow: 'Follow', joined: (when) => `Joined ${when}`,
  noResults: (query) => `No results for "${query}"`, top: 'Top', latest: 'Latest', people: 'People', back: 'Back', close: 'Close',
  discoverMore: 'Discover more', translated: 'Translated from English', original: 'Show original',
};
// What a profile says of its posts: the noun, or the whole.
EN.postCount = (count) => `${count} posts`;
const DE = {
  ...EN,
  reply: one('Antwort', 'Antworten'), repost: one('Repost', 'Reposts'), like: (n) => `${n} Mal „Gefällt mir“`,
  bookmark: one('Lesezeichen', 'Lesezeichen'), viewCount: (n) => `${n} Mal angezeigt`, liked: 'Gefällt mir',
  replyButton: (n) => `${n} ${n === 1 ? 'Antwort' : 'Antworten'}. Antworten`,
  repostButton: (n) => `${n} Reposts. Reposten`, likeButton: (n) => `${n} „Gefällt mir“-Angaben. Gefällt mir`,
  bookmarkButton: (n) => `${n} Lesezeichen. Lesezeichen`, bookmarkPlain: 'Lesezeichen', analytics: 'Post-Statistiken anzeigen',
  views: 'Mal angezeigt', share: 'Post teilen', more: 'Mehr', home: 'Startseite', explore: 'Entdecken', notifications: 'Mitteilungen',
  profile: 'Profil', post: 'Posten', replyWord: 'Antworten', repliesTab: 'Antworten', media: 'Medien', search: 'Suchen',
  timeline: (name) => `Timeline: ${name}`, postsOf: (name) => `Posts von ${name}`, conversation: 'Unterhaltung',
  pinned: 'Angeheftet', reposted: (name) => `${name} hat repostet`, quote: 'Zitieren', showMore: 'Mehr anzeigen', ad: 'Anzeige',
  replyingTo: 'Antwort an ', and: ' und ', whatsUp: 'Was gibt’s Neues?', postReply: 'Poste deine Antwort', postText: 'Post-Text',
  sent: 'Dein Post wurde gesendet.', view: 'Anzeigen', wrong: 'Etwas ist schiefgelaufen. Versuche es erneut zu laden.', retry: 'Erneut versuchen',
  discoverMore: 'Mehr entdecken', translated: 'Aus dem Englischen übersetzt', original: 'Original anzeigen', postCount: (count) => `${count} Posts`,
  following: 'Folge ich', followers: 'Follower', follow: 'Folgen', joined: (when) => `Seit ${when}`, top: 'Top', latest: 'Neueste',
};
const JA = {
  ...EN,
  reply: (n) => `${n}件の返信`, repost: (n) => `${n}件のリポスト`, like: (n) => `${n}件のいいね`, bookmark: (n) => `${n}件のブックマーク`,
  viewCount: (n) => `${n}件の表示`, liked: 'いいねしました', joiner: '、',
  replyButton: (n) => `${n}件の返信。返信する`, repostButton: (n) => `${n}件のリポスト。リポストする`,
  likeButton: (n) => `${n}件のいいね。いいねする`, bookmarkButton: (n) => `${n}件のブックマーク。ブックマーク`,
  bookmarkPlain: 'ブックマーク', analytics: 'ポストアナリティクスを表示', views: '件の表示', share: 'ポストを共有', more: 'もっと見る',
  home: 'ホーム', explore: '話題を検索', notifications: '通知', profile: 'プロフィール', post: 'ポストする', replyWord: '返信',
  posts: 'ポスト', repliesTab: '返信', media: 'メディア', search: '検索', timeline: (name) => `タイムライン: ${name}`,
  postsOf: (name) => `${name}さんのポスト`, conversation: '会話', pinned: '固定', reposted: (name) => `${name}さんがリポスト`,
  quote: '引用', showMore: 'さらに表示', ad: '広告', replyingTo: '返信先: ', and: ' ', whatsUp: 'いまどうしてる？',
  postReply: '返信をポスト', postText: 'ポスト本文', sent: 'ポストを送信しました。', view: '表示', wrong: '問題が発生しました。再読み込みしてください。',
  discoverMore: 'もっと見つける', translated: '英語からの翻訳', original: '原文を表示', postCount: (count) => `${count} 件のポスト`,
  retry: 'やりなおす', following: 'フォロー中', followers: 'フォロワー', follow: 'フォロー', joined: (when) => `${when}からXを利用しています`,
};

const more = (words) => words && { ...EN, ...words, postCount: (count) => `${count} ${words.posts}` };

export const t = { en: EN, de: DE, ja: JA }[state.locale] ?? more(MORE[state.locale]) ?? EN;
