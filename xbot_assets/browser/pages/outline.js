/* What a page is made of, as evidence: () => one line for each element of its main part, indented, with the attributes
   that readers go by and the beginning of its words. Nothing that belongs to the session is in it: no script, style,
   form field, address beyond its path, frame or picture, nothing beside the main part, and no long token or e-mail. */
() => {
  const LINES = 3000;
  const WORDS = 80;
  const ATTRIBUTES = ["data-testid", "role", "aria-label", "lang", "dir", "datetime", "tabindex"];
  const LEFT_OUT = new Set(
    "SCRIPT STYLE TEMPLATE NOSCRIPT LINK META IFRAME OBJECT EMBED INPUT TEXTAREA SELECT FORM CANVAS VIDEO AUDIO".split(" "),
  );
  const CUT = "[cut]";
  const TOKEN = /[A-Za-z0-9+/_=-]{32,}/g;
  const EMAIL = /[^\s@]+@[^\s@]+\.[^\s@]+/g;
  const scrubbed = (text) => text.replace(/\s+/g, " ").trim().replace(EMAIL, CUT).replace(TOKEN, CUT).slice(0, WORDS);
  const pathOf = (element) => {
    try {
      return new URL(element.getAttribute("href"), location.href).pathname;
    } catch {
      return "";
    }
  };

  const main = document.querySelector('main, [role="main"]');
  const lines = [];
  const tag = (element) => {
    const kept = ATTRIBUTES.filter((name) => element.hasAttribute(name)).map(
      (name) => ` ${name}="${scrubbed(element.getAttribute(name))}"`,
    );
    const href = element.hasAttribute("href") ? ` href="${scrubbed(pathOf(element))}"` : "";
    return `<${element.tagName.toLowerCase()}${kept.join("")}${href}>`;
  };
  const walk = (node, depth) => {
    if (lines.length >= LINES) return;
    const indent = " ".repeat(depth);
    if (node.nodeType === Node.TEXT_NODE) {
      const words = main ? scrubbed(node.data) : ""; // without a main part, whose words these are is not known
      if (words) lines.push(indent + words);
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE || LEFT_OUT.has(node.tagName.toUpperCase()) || node.isContentEditable) return;
    lines.push(indent + tag(node));
    if (node.tagName.toLowerCase() !== "svg") node.childNodes.forEach((child) => walk(child, depth + 1));
  };
  walk(main || document.body, 0);
  if (lines.length >= LINES) lines.push(CUT);
  return { path: location.pathname, outline: lines.join("\n") };
}
