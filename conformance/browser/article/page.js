// A page that behaves as the article's own does, on the client library that the article names (3.1.1): same messages, in
// the same situations, with the same liberties. It asks for no acknowledgement, does not rejoin, shows what it sends at once, sends
// the room box as it stands, and its Users button says `evt` and no room, as the author's did.

/* global io */

const box = (id) => document.getElementById(id);
let connected = false;
const socket = io(new URLSearchParams(location.search).get("server"), { reconnectionDelayMax: 10_000 });
const send = (message) => socket.emit("chat", message);

socket.on("connect", () => {
  connected = true;
  document.title = "connected";
});
socket.on("disconnect", () => {
  connected = false;
  document.title = "disconnected";
});
socket.on("message", (text) => console.log(text));
socket.on("chat", (data) => {
  if (["user", "users", "newuser", "deluser"].includes(data.type)) show(data.message);
  else if (data.type === "chat") show(`${data.from}: ${data.message}`);
  else if (data.type === "image") picture(data.from, data.bimage);
});

function show(text) {
  const line = document.createElement("p");
  line.textContent = text;
  box("chatbox").append(line);
}

function picture(from, url) {
  const image = new Image();
  image.alt = from;
  image.src = url;
  box("chatbox").append(image);
}

for (const id of ["username", "roomname"]) {
  box(id).onkeyup = () => {
    box(id).value = box(id).value.toUpperCase();
  };
}

const door = (event, joined) => () => {
  const [user, room] = [box("username").value.trim(), box("roomname").value.trim()];
  if (user === "" || room === "") return alert("Name and room, please");
  send({ event, user, room });
  box("btnJoin").disabled = joined;
  box("username").readOnly = box("roomname").readOnly = joined;
};
box("btnJoin").onclick = door("join", true);
box("btnLeave").onclick = door("leave", false);
box("btnUsers").onclick = () => send({ evt: "users" });

box("btnSendMsg").onclick = () => {
  if (!connected) return alert("No connection");
  const typed = box("sendmsg").value.trim();
  const room = box("roomname").value;
  box("sendmsg").value = "";
  show(`YOU: ${typed}`);
  if (!typed.startsWith("@")) return send({ event: "chat", room, text: typed });
  const space = typed.indexOf(" ");
  send({ event: "chat", user: typed.substring(1, space).toUpperCase(), room, text: typed.substring(space + 1) });
};

box("imgfile").onchange = () => {
  const [file] = box("imgfile").files;
  if (!file.type.startsWith("image/")) return alert("Images only");
  const reader = new FileReader();
  reader.onload = () => {
    picture("YOU", reader.result);
    send({ event: "image", room: box("roomname").value, bimage: reader.result });
  };
  reader.readAsDataURL(file);
};
