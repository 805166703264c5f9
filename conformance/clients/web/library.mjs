// The page's copy of the library. What a page has and Node has not is an address of its own, which is the server's.
import { io as open } from "../../../crates/chatspec-server/web/vendor/socket.io.esm.min.js";

export const io = (options) => open(process.argv[2], { ...options, transports: ["websocket"] });
