/* Everything read from a page of X, in one call: (request) => plain JSON. The selectors live here, and in the files
   that write a post: compose, editor, post_button, covers and media.
   request.what: "read" returns {state, posts, placeholders, profile, scroll}; "loaded" returns true once the page shows
   what request.want names, or a state in which it never will. Nothing here changes the page, except request.scroll. */
(request) => {
  const SITE = "https://x.com";
  const one = (root, selector) => root.querySelector(selector);
  const all = (root, selector) => [...root.querySelectorAll(selector)];
  const testid = (name) => `[data-testid="${name}"]`;
  const pathOf = (link) => new URL(link.getAttribute("href") || "", SITE).pathname;
  const squeeze = (text) => text.replace(/\s+/g, " ").trim();

  const STATUS = /^\/(\w{1,20})\/status\/(\d+)(\/\w+)?/;

  /* Text as its author wrote it: emoji are images with an alt, a cut link's pieces are in hidden spans, and its "…" is
     X's. A link to a post on X has its whole path in the last piece, and in the address that it leads to. */
  const textOf = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.nodeName === "IMG") return node.getAttribute("alt") || "";
    if (node.nodeName === "BR") return "\n";
    const inner = [...node.childNodes].map(textOf).join("");
    if (inner === "…" && node.getAttribute("aria-hidden") === "true") return "";
    return node.nodeName === "A" ? linkText(node, inner) : inner;
  };
  const linkText = (link, inner) => {
    const path = /^https?:/.test(inner) && one(link, '[aria-hidden="true"]') && pathOf(link);
    return path && STATUS.test(path) ? SITE + path : inner;
  };
  const DOUBLED = /\b((?:x|twitter)\.com)(\/[\w/]*)(?=\2)(\/\w{1,20}\/status\/\d+)/g;
  const writtenText = (element) => textOf(element).replace(DOUBLED, "$1$3");
  const shownText = (root, selector) => {
    const element = root && one(root, selector);
    return element ? squeeze(textOf(element)) : null;
  };
  const visible = (element) => Boolean(element) && getComputedStyle(element).display !== "none";

  /* The quoted post is not an article: it is a focusable div that acts as a link and names an author. */
  const QUOTE = 'div[role="link"][tabindex="0"]';
  const quoteBoxes = (article) =>
    all(article, QUOTE).filter((box) => one(box, `${testid("User-Name")}, ${testid("tweetText")}`));
  const handleIn = (name) => {
    const alone = name && all(name, "*").filter((e) => !e.childElementCount && /^@\w{1,20}$/.test(squeeze(textOf(e)))).pop();
    if (alone) return squeeze(textOf(alone)).slice(1);
    const match = name && textOf(name).match(/@(\w{1,20})(?!.*@\w)/s);
    return match ? match[1] : null;
  };

  /* Above a translation stands what it was translated from, and for a whole post a button that shows the original. */
  const isMark = (element, needs) => {
    const words = squeeze(textOf(element));
    return words && !element.dataset.testid && !one(element, "[data-testid]") && (needs ? one(element, needs) : !/@\w/.test(words));
  };
  const isTranslated = (text, needs) => {
    const above = (element) => [...element.parentElement.children].slice(0, [...element.parentElement.children].indexOf(element));
    return [text, text.parentElement].some((element) => above(element).some((before) => isMark(before, needs)));
  };
  const quoted = (box) => {
    const time = one(box, "time[datetime]");
    const text = one(box, testid("tweetText"));
    return {
      handle: handleIn(one(box, testid("User-Name"))),
      created_at: time ? time.getAttribute("datetime") : null,
      text: text ? writtenText(text) : null,
      translated: Boolean(text) && isTranslated(text, null),
    };
  };

  const permalink = (own) => {
    const time = own("time[datetime]").find((element) => element.closest("a[href]"));
    if (!time) return { time: null };
    const match = pathOf(time.closest("a[href]")).match(STATUS);
    return { time, handle: match && match[1], id: match && match[2], edited: Boolean(match) && match[3] === "/history" };
  };
  const analyticsId = (own) => {
    const link = own('a[href$="/analytics"]').map(pathOf).map((path) => path.match(STATUS)).find(Boolean);
    return link ? link[2] : null;
  };

  /* The pin as X has drawn it over the years; "Pinned" has another word in every language. */
  const PIN_ICON = ["M13 21l-1 2-1-2v-5", "M7 4.5C7 3.12"].map((path) => `path[d^="${path}"]`).join(",");
  const socialContext = (own) => {
    const mark = own(testid("socialContext"))[0];
    if (!mark) return { pinned: false, reposted_by: null };
    const link = mark.closest("a[href]") || one(mark, "a[href]");
    const reposter = link && pathOf(link).match(/^\/(\w{1,20})$/);
    const pinned = !link && (/^Pinned\b/.test(squeeze(textOf(mark))) || own(PIN_ICON).length > 0);
    return { pinned, reposted_by: reposter ? reposter[1] : null };
  };

  /* One bar per post; a long-form article has a second one below its text. */
  const bar = (own) => {
    const group = own('[role="group"][aria-label]')[0] || own('[role="group"]')[0];
    const label = (selector) => {
      const element = group && one(group, selector);
      return element ? element.getAttribute("aria-label") : null;
    };
    const either = (a, b) => label(`${testid(a)}, ${testid(b)}`);
    return {
      label: (group && group.getAttribute("aria-label")) || "",
      buttons: {
        replies: label(testid("reply")),
        reposts: either("retweet", "unretweet"),
        likes: either("like", "unlike"),
        bookmarks: either("bookmark", "removeBookmark"),
        views: label('a[href$="/analytics"]'),
      },
      viewer_liked: Boolean(group && one(group, testid("unlike"))),
      viewer_bookmarked: Boolean(group && one(group, testid("removeBookmark"))),
    };
  };

  /* A photo is a link to /photo/N, with or without its picture; a player is no photo. */
  const photosOf = (own, id) => {
    const isPlayer = (element) => Boolean(one(element, `${testid("videoPlayer")}, ${testid("videoComponent")}, video`));
    const linked = own('a[href*="/photo/"]').filter((link) => !isPlayer(link)).map(pathOf);
    const paths = new Set(linked.filter((path) => id && path.includes(`/status/${id}/photo/`)));
    const loose = own(testid("tweetPhoto")).filter((photo) => {
      const link = photo.closest("a[href]") || one(photo, 'a[href*="/photo/"]');
      return !isPlayer(photo) && !(link && paths.has(pathOf(link)));
    });
    return paths.size + loose.length;
  };

  /* An ad has no time; without its wrapper it is told by the links that count what becomes of it. */
  const isAd = (article, own, link) =>
    Boolean(article.parentElement && article.parentElement.closest(testid("placementTracking"))) ||
    (!link.time && own('a[href$="/analytics"], a[href*="twclid="]').length > 0);

  const post = (article) => {
    const boxes = quoteBoxes(article);
    const inQuote = (element) => boxes.some((box) => box.contains(element)) || element.closest("article") !== article;
    const own = (selector) => all(article, selector).filter((element) => !inQuote(element));
    const link = permalink(own);
    const text = own(testid("tweetText"))[0];
    const videos = own(testid("videoPlayer"));
    const handle = handleIn(own(testid("User-Name"))[0]) || link.handle || null;
    const id = link.id || analyticsId(own);
    return {
      post_id: id,
      handle,
      permalink: link.id ? `/${link.handle}/status/${link.id}` : null,
      created_at: link.time ? link.time.getAttribute("datetime") : null,
      time_text: link.time ? squeeze(textOf(link.time)) : null,
      text: text ? writtenText(text) : null,
      translated: Boolean(text) && isTranslated(text, "button, [role=button]"),
      lang: text ? text.getAttribute("lang") : null,
      ...bar(own),
      quoted: boxes.map(quoted),
      promoted: isAd(article, own, link),
      focal: article.getAttribute("tabindex") === "-1",
      edited: Boolean(link.edited),
      truncated: own(testid("tweet-text-show-more-link")).length > 0,
      ...socialContext(own),
      photos: photosOf(own, id),
      videos: videos.length,
      card: own(testid("card.wrapper")).length > 0,
      article: own(testid("twitterArticleReadView")).length > 0,
    };
  };

  /* What follows "Discover more" is not part of the conversation: a heading above posts, as others stand above people.
     A post without an author is a placeholder. */
  const isPost = (article) =>
    article.dataset.testid === "tweet" && Boolean(one(article, testid("User-Name")));
  const CELL = testid("cellInnerDiv");
  const endsList = (heading) => {
    for (let cell = heading.closest(CELL); cell; cell = cell.nextElementSibling) {
      if (cell !== heading.closest(CELL) && one(cell, "h2")) return false;
      if (one(cell, `article${testid("tweet")}`)) return true;
      if (one(cell, testid("UserCell"))) return false;
    }
    return false;
  };
  const list = () => {
    const posts = [];
    const placeholders = [];
    for (const element of all(document, `article, ${testid("cellInnerDiv")} h2`)) {
      if (element.nodeName === "H2") {
        if (!element.closest("article") && endsList(element)) break;
      } else if (!element.parentElement || !element.parentElement.closest("article")) {
        if (isPost(element)) posts.push(post(element));
        else placeholders.push(squeeze([...element.querySelectorAll("*")].flatMap((e) => [...e.childNodes])
          .filter((n) => n.nodeType === Node.TEXT_NODE).map((n) => n.data).join(" ")));
      }
    }
    return { posts, placeholders };
  };

  /* X puts the label of automated accounts into the same element, after the handle. */
  const afterHandle = (name) => {
    const handle = `@${location.pathname.split("/")[1]}`.toLowerCase();
    const own = all(name, "*").filter((e) => !e.childElementCount && squeeze(textOf(e)).toLowerCase() === handle).pop();
    if (!own) return null;
    const range = document.createRange();
    range.setStartAfter(own);
    range.setEndAfter(name.lastChild);
    return squeeze(range.toString());
  };

  const profile = () => {
    const links = (end) => all(document, `${testid("primaryColumn")} a[href$="${end}"]`)[0];
    const text = (element) => (element ? squeeze(textOf(element)) : null);
    const name = one(document, testid("UserName"));
    if (!name) return null;
    const heading = all(document, `${testid("primaryColumn")} h2`).find((h) => h.nextElementSibling);
    return {
      name: squeeze(textOf(name)),
      label: afterHandle(name),
      joined: text(one(document, testid("UserJoinDate"))),
      bio: shownText(document, testid("UserDescription")) || "",
      following: text(links("/following")),
      followers: text(links("/verified_followers") || links("/followers")),
      posts: heading ? text(heading.nextElementSibling) : null,
    };
  };

  /* What is talked about: words above the name, and below it how many posts; a line with links is about other trends. */
  const AD = `path[d^="M19.498 3h-15"], ${testid("placementTracking")}`;
  const trend = (cell) => {
    const blocks = all(cell, "[dir]").filter((e) => !one(e, "[dir]") && !e.closest("button, [role=button]"));
    const [context, name, ...rest] = blocks.filter((e) => squeeze(textOf(e)));
    const words = (e) => (e && name ? squeeze(textOf(e)) : null);
    const [below, tracked] = [rest.find((e) => !one(e, "a[href]")), cell.closest(testid("placementTracking"))];
    return { context: words(context), name: words(name), below: words(below), promoted: Boolean(tracked || one(cell, AD)) };
  };
  const trends = () => all(document, `${testid("primaryColumn")} ${testid("trend")}`).map(trend);
  /* Words about this account count only outside what people wrote. */
  const PEOPLE = ["UserDescription", "UserName", "User-Name", "UserCell", "trend", "tweetText"].map(testid).join(",");
  const notice = (pattern) =>
    all(document, "h1, h2, span, div, p").some(
      (element) =>
        !element.childElementCount && pattern.test(element.textContent) &&
        !element.closest(`article, [contenteditable], ${PEOPLE}`)
    );

  /* A list that failed shows a line of words and a button below it, in any language, and nothing after them. */
  const KNOWN = `article, header, nav, form, [role="tablist"], [role="dialog"], [contenteditable], ${testid("emptyState")}, ${testid("UserCell")}`;
  const BUTTON = "button, [role=button]";
  const isRetry = (button, main) => {
    const word = squeeze(textOf(button));
    if (!word || button.dataset.testid || button.hasAttribute("aria-haspopup") || button.closest(KNOWN)) return false;
    let box = button.parentElement;
    while (box !== main && squeeze(textOf(box)) === word) box = box.parentElement;
    const others = `a[href], input, textarea, h1, h2, img[alt]:not([alt=""]), [data-testid]`;
    if (squeeze(textOf(box)) === word || all(box, BUTTON).length !== 1 || one(box, others)) return false;
    const FOLLOWS = Node.DOCUMENT_POSITION_FOLLOWING;
    return !all(main, "article").some((article) => button.compareDocumentPosition(article) & FOLLOWS);
  };

  const state = () => {
    const main = one(document, testid("primaryColumn"));
    const own = one(document, `a${testid("AppTabBar_Profile_Link")}`);
    const path = location.pathname;
    const busy = all(document, '#placeholder, [role="progressbar"]:not([aria-valuenow])').some((e) => e.getClientRects().length);
    const buttons = main ? all(main, BUTTON).filter((b) => !b.closest("article")) : [];
    return {
      path,
      language: document.documentElement.lang,
      column: Boolean(main),
      logged_in: Boolean(own || one(document, testid("SideNav_AccountSwitcher_Button"))),
      own_handle: own ? pathOf(own).slice(1) : null,
      login: /^\/(i\/flow\/login|login|logout)\b/.test(path) || Boolean(one(document, 'input[autocomplete="username"]')),
      login_offered: Boolean(one(document, `${testid("login")}, ${testid("loginButton")}`)),
      locked: path.startsWith("/account/access"),
      suspended: notice(/^Your account is (permanently )?suspended/i),
      script_failure: visible(one(document, "#ScriptLoadFailure")),
      challenge: /^Just a moment/.test(document.title) || notice(/^Verify you are human/),
      retry: buttons.some((button) => /^(Retry|Try again)$/.test(squeeze(textOf(button))) || (!busy && isRetry(button, main))),
      error: shownText(main, testid("error-detail")),
      empty: shownText(main, `${testid("empty_state_header_text")}, ${testid("emptyState")}`),
      busy,
    };
  };

  const WANTED = {
    home: () => true,
    /* A list without posts may hold people to follow, and then says nothing in their place. */
    list: () => Boolean(one(document, `article${testid("tweet")}`)) || Boolean(state().empty) ||
      (Boolean(one(document, `${testid("primaryColumn")} ${testid("cellInnerDiv")}`)) && !state().busy),
    status: () => Boolean(one(document, `article${testid("tweet")}[tabindex="-1"]`)) ||
      Boolean(one(document, `${testid("primaryColumn")} article:not(${testid("tweet")})`)),
    profile: () => Boolean(one(document, testid("UserName"))) || Boolean(state().empty),
    trends: () => trends().length > 0 || (WANTED.list() && !state().busy),
    compose: () => Boolean(one(document, testid("tweetButton"))) && Boolean(one(document, testid("tweetTextarea_0"))),
  };
  const loaded = () => {
    if (!document.body) return false;
    const now = state();
    if (now.login || now.locked || now.suspended || now.script_failure || now.challenge) return true;
    if (!now.column && request.want !== "compose") return false;
    if (now.retry || now.error || (!now.logged_in && now.login_offered)) return true;
    return now.logged_in && WANTED[request.want]();
  };
  if (request.what === "loaded") return loaded();
  const page = document.scrollingElement;
  const scroll = { top: page ? page.scrollTop : 0, view: innerHeight, height: page ? page.scrollHeight : 0 };
  const answer = { state: state(), ...list(), profile: profile(), trends: trends(), scroll };
  if (request.scroll) window.scrollBy(0, Math.round(innerHeight * request.scroll));
  return answer;
};
