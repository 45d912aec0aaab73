import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";

import { type Random, randomStream } from "@tssl/augment-zoo";
import { parse, stringify } from "yaml";

/** What takes the place of a value somewhere in JSON or YAML. Strings of JSON are put in as they stand. */
const HOSTILE: readonly (readonly [what: string, json: string])[] = [
  ["null", "null"],
  ["true", "true"],
  ["a list", "[]"],
  ["a list of a list", "[[]]"],
  ["an object", "{}"],
  ["markup", '{"markup":"<img src=q onerror=alert(1)>"}'],
  ["a prototype", '{"__proto__":{"x":1},"constructor":null,"toString":1}'],
  ["an empty text", '""'],
  ["a text", '"../../x"'],
  ["control characters", '"\\u001b[31m\\n\\r\\u0007\\u202e"'],
  ["a long text", JSON.stringify("x".repeat(100_000))],
  ["-1", "-1"],
  ["half", "0.5"],
  ["a huge number", "1e300"],
  ["infinity", "1e999"],
  ["more than 2^53", "9007199254740993"],
  ["a deep list", `${"[".repeat(50)}${"]".repeat(50)}`],
  ["a very deep list", `${"[".repeat(20_000)}${"]".repeat(20_000)}`],
];

const pick = <T>(random: Random, from: readonly T[]): T => from[random.integer(from.length)]!;

/** All places of plain data at which there is a value, as paths of keys. */
function placesIn(value: unknown, at: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...at, key]))];
}

/** JSON text in which one value has become another, or is gone. */
function damagedJson(text: string, random: Random): { readonly what: string; readonly text: string } {
  const content = JSON.parse(text) as unknown;
  const place = pick(random, placesIn(content));
  const [what, json] = random.chance(0.15) ? ["gone", undefined] : pick(random, HOSTILE);
  const mark = "\u{10ffff}HERE\u{10ffff}";
  const replaced = (value: unknown, [key, ...rest]: readonly string[]): unknown => {
    if (key === undefined) return mark;
    if (Array.isArray(value))
      return value.map((item: unknown, i) => (String(i) === key ? replaced(item, rest) : item));
    const entries = Object.entries(value as object).flatMap(([name, inner]) => {
      if (name !== key) return [[name, inner]];
      return json === undefined && rest.length === 0 ? [] : [[name, replaced(inner, rest)]];
    });
    return Object.fromEntries(entries) as unknown;
  };
  const written = JSON.stringify(replaced(content, place)).replace(JSON.stringify(mark), () => json ?? "");
  return { what: `${place.join(".") || "all"}: ${what}`, text: written };
}

/** A text as a disk, an editor or a bad copy leaves it. */
function damagedText(bytes: Buffer, random: Random): { readonly what: string; readonly bytes: Buffer } {
  const at = random.integer(bytes.length + 1);
  const kinds = {
    empty: () => Buffer.alloc(0),
    "cut short": () => bytes.subarray(0, at),
    "begun late": () => bytes.subarray(at),
    "zeros at the end": () => Buffer.concat([bytes.subarray(0, at), Buffer.alloc(1 + random.integer(5000))]),
    "bits flipped": () => {
      const copy = Buffer.from(bytes);
      for (let i = 0; i <= random.integer(8) && copy.length > 0; i++)
        copy[random.integer(copy.length)]! ^= 1 << random.integer(8);
      return copy;
    },
    "part repeated": () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(random.integer(at + 1))]),
    noise: () => Buffer.from(Uint8Array.from({ length: random.integer(500) }, () => random.integer(256))),
    "another text": () => Buffer.from(pick(random, HOSTILE)[1]),
    newlines: () => Buffer.from("\n".repeat(1 + random.integer(50))),
  };
  const [what, made] = pick(random, Object.entries(kinds));
  return { what, bytes: made() };
}

const HEADER_LENGTH = 8;

/** A safetensors file whose header says something else, in as many bytes as it takes. */
function damagedSafetensors(
  bytes: Buffer,
  random: Random,
): { readonly what: string; readonly bytes: Buffer } {
  const end = HEADER_LENGTH + Number(bytes.readBigUInt64LE(0));
  const { what, text } = damagedJson(bytes.toString("utf8", HEADER_LENGTH, end), random);
  const head = Buffer.alloc(HEADER_LENGTH);
  head.writeBigUInt64LE(BigInt(Buffer.byteLength(text)));
  return { what, bytes: Buffer.concat([head, Buffer.from(text), bytes.subarray(end)]) };
}

/**
 * Lets the JSON of a checkpoint agree with its values again, so that these are read; unless it is damaged
 * too.
 */
function signAnew(file: string): void {
  const json = file.replace(/safetensors$/, "json");
  const bytes = readFileSync(file);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const values = `"values": ${JSON.stringify({ bytes: bytes.length, sha256 })}`;
  if (!statSync(json, { throwIfNoEntry: false })?.isFile()) return;
  const written = readFileSync(json, "utf8");
  writeFileSync(
    json,
    written.replace(/"values": \{[^{}]*\}(?=\s*\}\s*$)/, () => values),
  );
}

/** Every file of a run folder, as paths within it. */
export const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(path.join(folder, name)).isFile())
    .sort();

/** Damages a file of a run. @returns what was done. */
function damageFile(file: string, random: Random): string {
  const bytes = readFileSync(file);
  const write = ({ what, bytes: made }: { readonly what: string; readonly bytes: Buffer }) => {
    writeFileSync(file, made);
    return what;
  };
  const kind = random.uniform();
  if (kind < 0.03) return (rmSync(file), "missing");
  if (kind < 0.06) return (rmSync(file), mkdirSync(file), "a folder");
  if (kind < 0.09) return (rmSync(file), execFileSync("mkfifo", [file]), "a pipe");
  if (kind < 0.1) return (truncateSync(file, 1_000_000_000), "a GB of zeros");
  if (kind < 0.35) return write(damagedText(bytes, random));
  switch (path.extname(file)) {
    case ".json": {
      const { what, text } = damagedJson(bytes.toString("utf8"), random);
      return write({ what, bytes: Buffer.from(text) });
    }
    case ".jsonl": {
      const lines = bytes.toString("utf8").split("\n");
      const row = random.integer(lines.length - 1);
      const { what, text } = damagedJson(lines[row]!, random);
      lines[row] = text;
      return write({ what: `line ${row + 1}, ${what}`, bytes: Buffer.from(lines.join("\n")) });
    }
    case ".yaml": {
      const { what, text } = damagedJson(JSON.stringify(parse(bytes.toString("utf8"))), random);
      // YAML reads JSON; what both read is written as a config is.
      const asYaml = text.length < 5000 && random.chance(0.5) ? stringify(JSON.parse(text)) : text;
      return write({ what, bytes: Buffer.from(asYaml) });
    }
    case ".safetensors": {
      const what = write(damagedSafetensors(bytes, random));
      if (file.includes("checkpoints")) signAnew(file);
      return what;
    }
    default:
      return write(damagedText(bytes, random));
  }
}

/**
 * Damages one to three files of a run.
 *
 * @param number of the case: the same one does the same.
 * @returns what was done, for the message of a test.
 */
export function damageRun(folder: string, number: number): string {
  const random = randomStream("damaged run", number);
  const files = filesOf(folder).filter((name) => !name.endsWith(".html"));
  const count = random.chance(0.8) ? 1 : 2 + random.integer(2);
  const chosen = [...random.permutation(files.length)].slice(0, count).map((place) => files[place]!);
  return chosen.map((name) => `${name} (${damageFile(path.join(folder, name), random)})`).join(", ");
}
