// Builds dist/ from assets/ and node_modules: every file under a name that carries the hash of its content, so that
// browsers may keep it for ever, and manifest.json, which the Go side embeds and reads.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const modules = join(here, "node_modules");
const manifest = {};

mkdirSync(dist, { recursive: true });
for (const name of readdirSync(dist)) {
  if (name !== ".gitkeep") rmSync(join(dist, name), { recursive: true });
}

function put(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const ext = extname(name);
  manifest[name] = `${name.slice(0, -ext.length)}.${hash}${ext}`;
  writeFileSync(join(dist, manifest[name]), content);
}

// Scripts: htmx as it is shipped, without its pointer to a source map that is not there.
const htmx = readFileSync(join(modules, "htmx.org/dist/htmx.min.js"), "utf8");
put("htmx.js", htmx.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n"));
put("app.js", readFileSync(join(here, "assets/app.js")));
put("mark.svg", readFileSync(join(here, "assets/mark.svg")));

// Fonts: the Latin subsets; other scripts fall back to what the device has.
const fonts = {
  "inter-latin.woff2": "inter/files/inter-latin-wght-normal.woff2",
  "inter-latin-ext.woff2": "inter/files/inter-latin-ext-wght-normal.woff2",
  "newsreader-latin.woff2": "newsreader/files/newsreader-latin-opsz-normal.woff2",
  "newsreader-latin-ext.woff2": "newsreader/files/newsreader-latin-ext-opsz-normal.woff2",
};
for (const [name, path] of Object.entries(fonts)) {
  put(name, readFileSync(join(modules, "@fontsource-variable", path)));
}

// Styles. "asset:NAME" in the source stands for the hashed name of an asset above.
const work = mkdtempSync(join(tmpdir(), "cardea-console-"));
try {
  const out = join(work, "console.css");
  const cli = join(modules, "@tailwindcss/cli/dist/index.mjs");
  execFileSync(process.execPath, [cli, "--input", join(here, "assets/console.css"), "--output", out, "--minify"], {
    cwd: here,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const css = readFileSync(out, "utf8").replace(/asset:([\w.-]+)/g, (_, name) => {
    if (!manifest[name]) throw new Error(`console.css names the unknown asset ${name}`);
    return manifest[name];
  });
  put("console.css", css);
} catch (e) {
  if (e.stderr) process.stderr.write(e.stderr);
  throw e;
} finally {
  rmSync(work, { recursive: true });
}

// The licences of what is passed on.
const licences = [
  ["htmx.org", "htmx.org/LICENSE"],
  ["basecoat-css", "basecoat-css/LICENSE.md"],
  ["tailwindcss", "tailwindcss/LICENSE"],
  ["Inter", "@fontsource-variable/inter/LICENSE"],
  ["Newsreader", "@fontsource-variable/newsreader/LICENSE"],
];
put("licences.txt", licences.map(([name, path]) => `${name}\n\n${readFileSync(join(modules, path), "utf8")}`).join("\n\n"));

writeFileSync(join(dist, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
