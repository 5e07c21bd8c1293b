// Reads GraphQL objects, in whichever of the three user shapes they come, into what the page draws.

export const person = (result) => {
  const legacy = result.legacy ?? {};
  const core = result.core ?? {};
  return {
    id: result.rest_id,
    handle: core.screen_name ?? legacy.screen_name,
    name: core.name ?? legacy.name,
    avatar: result.avatar?.image_url ?? legacy.profile_image_url_https,
    verified: result.is_blue_verified,
    label: result.affiliates_highlighted_label?.label?.longDescription?.text,
    bio: result.profile_bio?.description ?? legacy.description ?? '',
    location: result.location?.location ?? legacy.location ?? '',
    website: (result.profile_bio?.entities ?? legacy.entities)?.url?.urls?.[0],
    joined: new Date(core.created_at ?? legacy.created_at),
    followers: result.relationship_counts?.followers ?? legacy.followers_count,
    followingCount: result.relationship_counts?.following ?? legacy.friends_count,
    posts: result.tweet_counts?.tweets ?? legacy.statuses_count,
    following: result.relationship_perspectives?.following ?? false,
    blockedBy: result.relationship_perspectives?.blocked_by ?? false,
    protected: result.privacy?.protected ?? legacy.protected ?? false,
  };
};

const unescape = (text) => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');

// Parts of a text: strings and links. Indices count code points.
const parts = (legacy, note) => {
  if (note) return linked(note);
  const points = Array.from(legacy.full_text);
  const [start, end] = legacy.display_text_range;
  const pieces = [];
  let at = start;
  for (const link of legacy.entities.urls) {
    if (link.indices[0] < at || link.indices[1] > end) continue;
    pieces.push(unescape(points.slice(at, link.indices[0]).join('')), link);
    at = link.indices[1];
  }
  pieces.push(unescape(points.slice(at, end).join('')));
  return pieces.filter((part) => part !== '');
};

const linked = (text) => text.split(/(https?:\/\/[^\s]+)/).filter(Boolean).map((part) => (/^https?:/.test(part) ? bare(part) : part));
const bare = (url) => ({ url, display_url: url.replace(/^https?:\/\/(www\.)?/, '').slice(0, 27), expanded_url: url });

export const tweet = (result, { whole = false } = {}) => {
  const body = result?.__typename === 'TweetWithVisibilityResults' ? result.tweet : result;
  if (!body?.legacy) return null;
  const legacy = body.legacy;
  const author = person(body.core.user_results.result);
  const note = body.note_tweet?.note_tweet_results?.result.text;
  return {
    id: body.rest_id,
    author,
    permalink: `/${author.handle}/status/${body.rest_id}`,
    parts: parts(legacy, whole ? note : undefined),
    truncated: Boolean(note) && !whole,
    lang: legacy.lang,
    date: new Date(legacy.created_at),
    edited: (body.edit_control?.edit_tweet_ids ?? []).length > 1,
    replies: legacy.reply_count,
    reposts: legacy.retweet_count,
    likes: legacy.favorite_count,
    bookmarks: legacy.bookmark_count,
    views: body.views?.count === undefined ? null : Number(body.views.count),
    liked: legacy.favorited,
    bookmarked: legacy.bookmarked,
    reposted: legacy.retweeted,
    replyTo: legacy.in_reply_to_screen_name,
    media: legacy.extended_entities?.media ?? [],
    quoted: body.quoted_status_result === null ? 'gone' : tweet(body.quoted_status_result?.result),
    repostOf: legacy.retweeted_status_result?.result,
  };
};
