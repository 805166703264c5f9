// says: error TS2322: Type '{ event: "image"; room: string; }' is not assignable to type 'ClientMessage'.
import type { ClientMessage } from "../chat-types/client-to-server.js";

export const message: ClientMessage = {
  event: "image",
  room: "lobby",
  bimage: "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=", // good
  // without it // bad
};
