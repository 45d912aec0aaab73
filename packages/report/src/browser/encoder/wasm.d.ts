/** A WebAssembly file; the bundler puts its bytes in as a data: address. */
declare module "*.wasm" {
  const address: string;
  export default address;
}
