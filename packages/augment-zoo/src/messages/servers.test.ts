import { eachIsHere, errors } from "./sentences.test.data.ts";
import * as messages from "./servers.ts";

const cause = new Error("out of memory");

errors([
  [messages.fileEndsEarly("https://x/a.tar", 100), "https://x/a.tar ends before byte 100."],
  [
    messages.serverUnreadable("https://x/a.tar", "the server answered 404", cause),
    "https://x/a.tar cannot be read: the server answered 404.",
  ],
  [
    messages.serverUnreadable("https://u:p@x/a.tar?sig=s3cret", "https://y/?sig=s3cret is gone", cause),
    "https://…@x/a.tar?sig=… cannot be read: https://y/?sig=… is gone.",
  ],
  [
    messages.wrongHeaders("line 2"),
    'TSSL_HTTP_HEADERS: line 2 is wrong. Each line must be "Name: value" or "example.org Name: value"; ' +
      'in JSON: {"example.org": {"Name": "value"}}.',
  ],
  [
    messages.wrongHeader("HF_TOKEN", "Authorization"),
    'HF_TOKEN: the header "Authorization" cannot be sent: its name or its value has characters that HTTP ' +
      "does not allow.",
  ],
]);

eachIsHere(messages, import.meta.url);
