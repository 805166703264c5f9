// says: error TS2551: Property 'mesage' does not exist on type 'ChatMessage'. Did you mean 'message'?
import type { ServerMessage } from "../chat-types/server-to-client.js";

export function text(received: ServerMessage): string {
  if (received.type !== "chat") return "";
  return received.message; // good
  return received.mesage; // bad
}
