import * as messages from "./report-page.ts";
import { eachIsHere, sentences } from "./sentences.test.data.ts";

sentences([
  [
    messages.noPictures("/images must be a folder of images."),
    "The page has no pictures: /images must be a folder of images.",
  ],
  [messages.noViews("This would run code."), "The page has no pictures of views. This would run code."],
]);

eachIsHere(messages, import.meta.url);
