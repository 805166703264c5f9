// says: error TS2353: Object literal may only specify known properties, and 'text' does not exist in type 'Join'.
import type { ClientMessage } from "../chat-types/client-to-server.js";

export const message: ClientMessage = {
  event: "chat", // good
  event: "join", // bad
  text: "hi",
};
