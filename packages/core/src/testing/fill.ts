export { fill } from "@tssl/engine/testing";
