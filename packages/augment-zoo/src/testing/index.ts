export { type RangeServer, serveFolder } from "./range-server.ts";
