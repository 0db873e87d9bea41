//! Turns the compiled WASM into the served site: bindings, size optimisation, hashed names, precompressed copies.
//!
//! `bundle <frontend.wasm> <style.css> <public folder> <site folder>`. Does nothing when its inputs did not change.

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

/// Features that current rustc emits; wasm-opt refuses them unless told.
const WASM_OPT: [&str; 9] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-multivalue",
    "--strip-producers",
    "--strip-debug",
];
/// Below this size a compressed copy saves nothing.
const WORTH_COMPRESSING: usize = 512;

fn main() -> Result<()> {
    let args: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [wasm, css, public, site] = args.as_slice() else { bail!("usage: bundle <wasm> <css> <public> <site>") };
    let stamp = stamp(&[wasm, css, public])?;
    let stamp_file = site.join(".stamp");
    if fs::read_to_string(&stamp_file).is_ok_and(|old| old == stamp) {
        return Ok(());
    }
    // A name of its own: two builds at once must not share a half-made folder.
    let fresh = site.with_extension(format!("new{}", std::process::id()));
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    fs::create_dir_all(fresh.join("pkg"))?;
    copy_tree(public, &fresh)?;
    let names = bind(wasm, css, &fresh.join("pkg"))?;
    let json: Vec<String> = names.iter().map(|(key, name)| format!("  \"{key}\": \"{name}\"")).collect();
    fs::write(fresh.join("pkg/manifest.json"), format!("{{\n{}\n}}\n", json.join(",\n")))?;
    compress_tree(&fresh)?;
    fs::write(fresh.join(".stamp"), stamp)?;
    if site.exists() {
        fs::remove_dir_all(site)?;
    }
    fs::rename(&fresh, site)?;
    Ok(())
}

/// Writes the hashed script, WASM and style into `out` and returns their names.
fn bind(wasm: &Path, css: &Path, out: &Path) -> Result<BTreeMap<&'static str, String>> {
    let tmp = out.join("tmp");
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    bindgen.input_path(wasm).out_name("app").typescript(false).remove_producers_section(true).remove_name_section(true);
    bindgen.web(true)?.generate(&tmp)?;
    let bound = tmp.join("app_bg.wasm");
    let small = tmp.join("small.wasm");
    let status = Command::new("wasm-opt").args(WASM_OPT).arg(&bound).arg("-o").arg(&small).status();
    let optimised = match status.context("wasm-opt is missing: run scripts/setup.sh")? {
        status if status.success() => small,
        status => bail!("wasm-opt failed: {status}"),
    };
    let mut names = BTreeMap::new();
    for (key, path, ext) in
        [("js", tmp.join("app.js"), "js"), ("wasm", optimised, "wasm"), ("css", css.to_owned(), "css")]
    {
        let bytes = fs::read(&path).with_context(|| format!("{} is missing", path.display()))?;
        let name = format!("app.{}.{ext}", &hex(&Sha256::digest(&bytes))[..12]);
        fs::write(out.join(&name), bytes)?;
        names.insert(key, name);
    }
    fs::remove_dir_all(tmp)?;
    Ok(names)
}

/// Length, time and name of every input file.
fn stamp(inputs: &[&PathBuf]) -> Result<String> {
    let mut hash = Sha256::new();
    for input in inputs {
        for file in files(input)? {
            let meta = fs::metadata(&file)?;
            hash.update(file.to_string_lossy().as_bytes());
            hash.update(meta.len().to_le_bytes());
            hash.update(format!("{:?}", meta.modified()?));
        }
    }
    let own = fs::metadata(env::current_exe()?)?;
    hash.update(format!("{:?}", own.modified()?));
    Ok(hex(&hash.finalize()))
}

fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut all = Vec::new();
    for entry in fs::read_dir(path).with_context(|| format!("{} is missing", path.display()))? {
        all.extend(files(&entry?.path())?);
    }
    all.sort();
    Ok(all)
}

fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    for file in files(from)? {
        let target = to.join(file.strip_prefix(from)?);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(&file, target)?;
    }
    Ok(())
}

fn compress_tree(site: &Path) -> Result<()> {
    for file in files(site)? {
        let ext = file.extension().and_then(|e| e.to_str()).unwrap_or_default();
        if !["js", "wasm", "css", "svg", "html", "json", "webmanifest", "txt"].contains(&ext) {
            continue;
        }
        let bytes = fs::read(&file)?;
        if bytes.len() < WORTH_COMPRESSING {
            continue;
        }
        let mut br = Vec::new();
        let params =
            brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: bytes.len(), ..Default::default() };
        brotli::BrotliCompress(&mut bytes.as_slice(), &mut br, &params)?;
        fs::write(with_suffix(&file, "br"), br)?;
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gz.write_all(&bytes)?;
        fs::write(with_suffix(&file, "gz"), gz.finish()?)?;
    }
    Ok(())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
