export { HTTP_LIMITS } from "../http-limits.ts";
export { type HostileServer, serveHostilely } from "./hostile-server.ts";
export { type RangeServer, serveFolder } from "./range-server.ts";
