// client.mjs URL: the session of the page of `chatspec serve`, for `chatspec test-client`. What is drawn is tested in a browser.
import { register } from "node:module";
import { createInterface } from "node:readline";

register("./hooks.mjs", import.meta.url);
const { Session } = await import("../../../crates/chatspec-server/web/session.js");

const show = (what) => console.log(JSON.stringify(what));
const ignore = () => {};
const session = new Session({
  state: ignore,
  chat: (data) => {
    if (data?.type === "chat") show({ from: data.from, text: data.message });
  },
  refused: ({ code }) => show({ refused: code }),
  lost: ignore,
  back: ignore,
  later: ignore,
  turnedAway: ignore,
  unanswered: ignore,
});

for await (const line of createInterface({ input: process.stdin })) {
  const { do: kind, user, room, text } = JSON.parse(line);
  const { link, phase, room: here } = session.state;
  if (kind === "join") session.join(user, room);
  else if (kind === "leave") session.leave();
  else if (kind === "users") session.users(room);
  else if (kind === "quit") process.exit();
  // As the page: what cannot be said now is not said later.
  else if (link === "up" && phase === "in" && room === here) session.say(text, user);
}
