// The log: every line is built from elements and text nodes, never from markup.

import { asText, clip, nameOf, plain } from "./words.js";
import { isImageUrl } from "./images.js";

/** Most lines that are kept. */
const LINES_MAX = 500;
/** Most images that are kept: each may have a megabyte. */
const IMAGES_MAX = 40;
/** Pixels from the end within which new lines are followed. */
const NEAR = 60;

/** The lines of a conversation in an element that scrolls. */
export class Log {
  #box;
  #fresh = [];
  #images = [];
  #drawing = 0;

  constructor(box) {
    this.#box = box;
  }

  /** What the server says about users and rooms. */
  info(message) {
    this.#add("info", bdi(plain(clip(asText(message)))));
  }

  /** What the page itself says. */
  notice(text, kind = "notice") {
    this.#add(kind, bdi(plain(text)));
  }

  /** What somebody else says. */
  heard({ from, message, isPrivate }) {
    this.#add(isPrivate ? "chat private" : "chat", ...sign(from, isPrivate), said(message));
  }

  /** An image of somebody else. */
  pictured({ from, bimage }) {
    this.#add("chat", ...sign(from), this.#image(bimage, `Image from ${nameOf(from)}`));
  }

  /** What we say ourselves, to all or to one. The result tells what became of it. */
  own(text, user) {
    return this.#sent(user === undefined ? "" : " private", user, said(text));
  }

  /** Our own image. */
  ownImage(url) {
    return this.#sent("", undefined, this.#image(url, "Image from you"));
  }

  #sent(kind, user, body) {
    const to = user === undefined ? [] : [element("span", "mark", `private to ${plain(user)}`)];
    const line = this.#add(`chat own waiting${kind}`, ...to, element("span", "who", "YOU"), body);
    const settle = () => line.classList.remove("waiting");
    return {
      done: settle,
      failed(why) {
        settle();
        line.append(element("span", "unsent", ` (not sent: ${why})`));
      },
    };
  }

  #add(kind, ...parts) {
    const line = element("div", `line ${kind}`);
    line.append(clock(), ...parts);
    this.#fresh.push(line);
    // A flood waits for the next frame, and whatever would be thrown out at once is never drawn.
    if (this.#fresh.length > LINES_MAX) this.#fresh.shift();
    this.#drawing ||= requestAnimationFrame(() => this.#draw());
    return line;
  }

  #draw() {
    this.#drawing = 0;
    const box = this.#box;
    const atEnd = this.#atEnd();
    box.append(...this.#fresh.splice(0));
    while (box.childElementCount > LINES_MAX) box.firstElementChild.remove();
    if (atEnd) this.#follow();
  }

  #atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#box;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  #follow() {
    this.#box.scrollTop = this.#box.scrollHeight;
  }

  #image(url, alt) {
    if (!isImageUrl(url)) return element("span", "unsent", "(an image that is not shown: no PNG, JPEG, GIF or WebP)");
    const image = element("img", "");
    image.alt = alt;
    image.decoding = "async";
    image.onload = () => {
      // The line has grown by the image.
      if (this.#box.scrollHeight - this.#box.scrollTop - this.#box.clientHeight < NEAR + image.height) this.#follow();
    };
    image.onerror = () => image.replaceWith(element("span", "unsent", "(an image that cannot be shown)"));
    image.src = url;
    this.#images.push(image);
    if (this.#images.length > IMAGES_MAX) this.#images.shift().replaceWith(element("span", "info", "(an older image)"));
    return image;
  }
}

/** Who speaks, and whether to us alone. */
function sign(from, isPrivate = false) {
  const name = nameOf(from);
  const who = bdi(name, "who");
  // Our own lines are signed like this; nobody else gets away with it.
  const other = name.trim().toUpperCase() === "YOU" ? [element("span", "mark", "(somebody else)")] : [];
  const mark = isPrivate ? [element("span", "mark", "private")] : [];
  return [...mark, ...other, who];
}

/** A text in its own direction, which reaches no further than itself. */
function said(text) {
  const element = bdi(clip(asText(text)), "said");
  element.dir = "auto";
  return element;
}

function bdi(text, kind = "") {
  return element("bdi", kind, text);
}

function clock() {
  const now = new Date();
  const time = element("time", "", now.toTimeString().slice(0, 5));
  time.dateTime = now.toISOString();
  return time;
}

function element(name, kind, text = "") {
  const made = document.createElement(name);
  if (kind !== "") made.className = kind;
  made.textContent = text;
  return made;
}
