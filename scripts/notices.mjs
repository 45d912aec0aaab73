// `npm run docs:notices`: writes THIRD-PARTY-NOTICES.md from package-lock.json and the installed packages.
// With --check it writes nothing, and fails where the file is not what it would write.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { format, resolveConfig } from "prettier";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (...names) => readFileSync(path.join(root, ...names), "utf8");
const modules = path.join(root, "node_modules");

/** Every package that tssl needs to run, on any platform: not what its tests and checks need. */
function packages() {
  const { packages: all } = JSON.parse(read("package-lock.json"));
  const needed = Object.entries(all).filter(
    ([place, { dev, devOptional }]) => place !== "" && !dev && !devOptional,
  );
  // Binaries of packages that only the checks need are marked as optional alone.
  const named = new Set(
    needed.flatMap(([, { dependencies, optionalDependencies }]) => [
      ...Object.keys(dependencies ?? {}),
      ...Object.keys(optionalDependencies ?? {}),
    ]),
  );
  return needed
    .filter(([place, { link }]) => place.includes("node_modules/") && !link)
    .map(([place, { version, license }]) => ({ name: place.split("node_modules/").at(-1), version, license }))
    .filter(({ name }) => named.has(name))
    .map((each) => {
      if (each.license === undefined) throw new Error(`${each.name} ${each.version} names no licence.`);
      return each;
    });
}

const versionOf = (name) => JSON.parse(read("node_modules", name, "package.json")).version;

/** "- MIT: ajv 8.20.0, …", a line for each licence. */
function byLicence(list) {
  const licences = new Map();
  for (const { name, version, license } of list) {
    licences.set(license, new Set([...(licences.get(license) ?? []), `${name} ${version}`]));
  }
  return [...licences]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([licence, names]) => `- ${licence}: ${[...names].sort().join(", ")}`);
}

/** The table of the libraries in libvips' binary; it is the same for every platform. */
function libvipsTable() {
  const installed = readdirSync(path.join(modules, "@img")).find((name) => name.startsWith("sharp-libvips-"));
  if (installed === undefined) throw new Error("sharp is not installed here with a libvips of its own.");
  const readme = read("node_modules", "@img", installed, "README.md");
  const rows = readme.split("\n").filter((line) => line.startsWith("|"));
  return { version: versionOf(`@img/${installed}`), rows };
}

/** What the set-up downloads, by the project on PyPI. */
const downloads = () =>
  [
    ...read("packages/engine/src/setup/wheels.ts").matchAll(
      /file: "([\w.]+-[\w.]+?)-.*?",\s+project: "([\w-]+)"/g,
    ),
  ].map(([, file, project]) => ({ project, version: file.split("-")[1] }));

function page() {
  const libvips = libvipsTable();
  const fetched = downloads();
  const of = (prefix) =>
    [...new Set(fetched.filter(({ project }) => project.startsWith(prefix)).map((each) => `${each.project} ${each.version}`))]; // prettier-ignore
  return [
    "# Third-party notices",
    "tssl itself is under the [MIT licence](LICENSE). It works with software of others, which stays under " +
      "its own licences. `npm run docs:notices` generates this page from package-lock.json and the " +
      "installed packages.",
    "## In the pages",
    `Reports, the live page, comparisons and previews carry the code of uPlot ${versionOf("uplot")} ` +
      "(https://github.com/leeoniya/uPlot), and this notice of it:",
    ["```text", read("node_modules", "uplot", "LICENSE").trim(), "```"].join("\n"),
    "The page of an encoder carries the code of TensorFlow.js " +
      `${versionOf("@tensorflow/tfjs-core")} (https://github.com/tensorflow/tfjs) and long.js ${versionOf("long")} ` +
      "(https://github.com/dcodeIO/long.js), under the Apache License 2.0, and of seedrandom " +
      `${versionOf("seedrandom")} (https://github.com/davidbau/seedrandom), under the MIT licence; the page holds ` +
      "both texts.",
    "## In the compiled kernels",
    `dist/kernels.wasm of packages/augment-zoo is compiled by AssemblyScript ` +
      `${versionOf("assemblyscript")} ` +
      "(https://github.com/AssemblyScript/assemblyscript) with parts of its standard library, Copyright " +
      "Daniel Wirtz and The AssemblyScript Authors, under the Apache License 2.0.",
    "## libvips",
    `Images are decoded by libvips, which npm installs as a shared library of its own ` +
      `(@img/sharp-libvips-…, ${libvips.version}) beside sharp. It is under the GNU Lesser General Public ` +
      "License, version 3 or later: you may replace it by a build of yours, and its sources are at " +
      "https://github.com/libvips/libvips and https://github.com/lovell/sharp-libvips. The binary holds " +
      "these libraries:",
    libvips.rows.join("\n"),
    "## What the set-up downloads",
    "The set-up fetches these wheels from PyPI to your cache; tssl does not pass them on.",
    [
      `- Apache License 2.0: ${of("tensorflow").join(", ")}`,
      "- NVIDIA's licences of CUDA and cuDNN (https://docs.nvidia.com/cuda/eula), where you ask for the " +
        `GPU's library: ${of("nvidia").join(", ")}`,
    ].join("\n"),
    "## Packages that npm installs",
    "Each lies in `node_modules` with the text of its licence. Binaries for other platforms are listed " +
      "too. Packages that only the tests and checks of this repository need are not.",
    byLicence(packages()).join("\n"),
    "## Images",
    "The bundled images are a subset of CIFAR-10: see " +
      "[packages/demo-data](packages/demo-data/archives/README.md).",
    "",
  ].join("\n\n");
}

const file = path.join(root, "THIRD-PARTY-NOTICES.md");
const text = await format(page(), { ...(await resolveConfig(file)), filepath: file });
if (!process.argv.includes("--check")) writeFileSync(file, text);
else if (readFileSync(file, "utf8") !== text) {
  console.error("THIRD-PARTY-NOTICES.md is not what the packages say. Write it anew: npm run docs:notices");
  process.exitCode = 1;
}
