/** What tests of pages in other packages of this repository need; not published. */
export { CHROMIUM, openBrowser, type OpenPage, openPage, scrollsSideways } from "./browser.ts";
