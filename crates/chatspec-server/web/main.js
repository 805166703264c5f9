// What people do, carried to the session; what the session hears, carried to the log.

import { readImage } from "./images.js";
import { Log } from "./log.js";
import { Session } from "./session.js";
import { asText, clip, inSeconds, parseTyped, refusalInWords } from "./words.js";

const at = (id) => document.getElementById(id);
const [name, room, message, files] = ["username", "roomname", "sendmsg", "imgfile"].map(at);
const log = new Log(at("chatbox"));

const session = new Session({
  state: show,
  chat: heard,
  refused: (refusal) => log.notice(refusalInWords(refusal), "refusal"),
  lost: () => log.notice("The connection is lost. Trying to get it back."),
  back: (ms) => log.notice(`Connected again after ${inSeconds(ms)}. What was said in the meantime is missing here.`, "notice gap"),
  later: (refusal, ms) => log.notice(`${whyLater(refusal)} Trying again in ${inSeconds(ms)}.`),
  turnedAway: (why) => log.notice(`The server refuses the connection: ${clip(asText(why))}`, "refusal"),
  unanswered: () => log.notice("The server did not answer. You are in no room.", "refusal"),
});

function whyLater(refusal) {
  // By ourselves, most likely.
  return refusal.code === 20 ? "The lost connection still holds your name." : refusalInWords(refusal);
}

function heard(data) {
  switch (data?.type) {
    case "users":
      log.info(data.message);
      if (data.partial === true) log.notice("There may be others of whom the server does not know at the moment.");
      return;
    case "user":
    case "newuser":
    case "deluser":
      return log.info(data.message);
    case "gap":
      return log.notice("Something that others have said may be missing here.", "notice gap");
    case "chat":
      return log.heard({ from: data.from, message: data.message, isPrivate: data.private === true });
    case "image":
      return log.pictured(data);
    default:
    // Kinds of a later revision are nothing to us.
  }
}

function show({ link, phase, user, room: where }) {
  const out = phase === "out";
  name.readOnly = room.readOnly = !out;
  at("btnJoin").disabled = !out;
  at("btnLeave").disabled = out;
  at("state").dataset.link = link;
  at("state").textContent = `${linkInWords(link)}; ${phaseInWords(phase, user, where)}`;
}

function linkInWords(link) {
  if (link === "up") return "Connected";
  return link === "down" ? "No connection, trying again" : "Connecting";
}

function phaseInWords(phase, user, where) {
  if (phase === "out") return "in no room";
  if (phase === "in") return `in \u2068${where}\u2069 as \u2068${user}\u2069`;
  return `joining \u2068${where}\u2069 as \u2068${user}\u2069`;
}

at("door").addEventListener("submit", (event) => {
  event.preventDefault();
  if (session.state.phase !== "out") return;
  upper(name);
  upper(room);
  const [user, where] = [name.value.trim(), room.value.trim()];
  if (user === "" || where === "") {
    log.notice("Both a name and a room are needed.", "refusal");
    (user === "" ? name : room).focus();
    return;
  }
  session.join(user, where);
  message.focus();
});

at("btnLeave").addEventListener("click", () => {
  session.leave();
  name.focus();
});

at("btnUsers").addEventListener("click", async () => {
  const where = session.state.room ?? room.value.trim();
  if (where === "") return log.notice("Which room? Its name is needed.", "refusal");
  const wrong = await session.users(where);
  if (wrong) log.notice(whyInWords(wrong), "refusal");
});

at("talk").addEventListener("submit", (event) => {
  event.preventDefault();
  const { text, user, wrong } = parseTyped(message.value);
  if (wrong) return log.notice(wrong, "refusal");
  if (!mayTalk()) return;
  message.value = "";
  follow(log.own(text, user), session.say(text, user));
});

message.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  at("talk").requestSubmit();
});

at("btnSendAtt").addEventListener("click", () => files.click());
files.addEventListener("change", () => {
  const chosen = [...files.files];
  // The same file can be chosen again.
  files.value = "";
  send(chosen);
});

addEventListener("paste", (event) => {
  const { files: pasted = [], types = [] } = event.clipboardData ?? {};
  // Text that brings a picture of itself is meant as text.
  if (pasted.length === 0 || types.includes("text/plain")) return;
  event.preventDefault();
  send([...pasted]);
});

const main = document.querySelector("main");
const hasFiles = (event) => event.dataTransfer?.types.includes("Files") ?? false;
addEventListener("dragover", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  main.classList.add("over");
});
addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) main.classList.remove("over");
});
addEventListener("drop", (event) => {
  main.classList.remove("over");
  if (!hasFiles(event)) return;
  // Otherwise the browser would go to the file.
  event.preventDefault();
  send([...event.dataTransfer.files]);
});

async function send(chosen) {
  for (const file of chosen) {
    const { url, wrong } = await readImage(file);
    if (wrong) log.notice(wrong, "refusal");
    else if (mayTalk()) follow(log.ownImage(url), session.show(url));
    else return;
  }
}

// What has been typed stays where it is until it can be sent.
function mayTalk() {
  const { link, phase } = session.state;
  if (link !== "up") log.notice("There is no connection. Send it when there is one again.", "refusal");
  else if (phase !== "in") log.notice("You are in no room. Join one first.", "refusal");
  else return true;
  return false;
}

async function follow(line, sent) {
  const wrong = await sent;
  if (wrong) line.failed(whyInWords(wrong));
  else line.done();
}

function whyInWords({ refusal }) {
  return refusal ? refusalInWords(refusal) : "The server did not answer.";
}

for (const input of [name, room]) {
  input.addEventListener("input", (event) => {
    if (!event.isComposing) upper(input);
  });
  input.addEventListener("compositionend", () => upper(input));
}

// Names are shown in upper case everywhere, so they are typed in it.
function upper(input) {
  const text = input.value.toUpperCase();
  if (text === input.value) return;
  const { selectionStart, selectionEnd, value } = input;
  input.value = text;
  const grown = text.length - value.length;
  input.setSelectionRange(selectionStart + grown, selectionEnd + grown);
}
