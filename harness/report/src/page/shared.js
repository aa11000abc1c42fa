"use strict";
// What the pages share: nodes, texts, the list of keys, and colours.
const shared = (() => {
  // What nobody can see, or what turns the direction of writing, is spelled out.
  const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff]/g;
  const visible = (text) => String(text).replace(UNSEEN, (letter) => "\\u{" + letter.codePointAt(0).toString(16) + "}");
  const line = (text) => visible(String(text).split(/\s*\n\s*/).filter((part) => part).join(" · "));
  const node = (tag, attributes, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === undefined || value === null || value === false) continue;
      if (name === "class") made.className = value;
      else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else made.setAttribute(name, value === true ? "" : value);
    }
    for (const child of children.flat(9)) {
      if (child === undefined || child === null || child === false) continue;
      made.append(child instanceof Node ? child : document.createTextNode(visible(child)));
    }
    return made;
  };
  const seconds = (time) => {
    if (time === undefined || time === null) return "";
    if (time < 0.9995) return Math.round(time * 1000) + " ms";
    if (time < 60) return time.toFixed(1) + " s";
    const whole = Math.round(time);
    const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    return (hours ? hours + " h " : "") + (minutes ? minutes + " min " : "") + (hours || !rest ? "" : rest + " s");
  };
  const help = document.getElementById("help");
  document.getElementById("keys").addEventListener("click", () => help.showModal());
  const theme = document.getElementById("theme");
  const themes = ["auto", "light", "dark"];
  const paint = (name) => {
    if (name === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = name;
    theme.textContent = "theme: " + name;
    try { localStorage.setItem("shakedown-theme", name); } catch { /* a browser may refuse to remember */ }
  };
  let known = "auto";
  try { known = localStorage.getItem("shakedown-theme") || "auto"; } catch { /* as above */ }
  paint(themes.includes(known) ? known : "auto");
  theme.addEventListener("click", () => {
    const now = theme.textContent.slice("theme: ".length);
    paint(themes[(themes.indexOf(now) + 1) % themes.length]);
  });
  return { help, line, node, seconds, visible };
})();
