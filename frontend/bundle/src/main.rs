//! Turns the compiled WASM into the served site: bindings, size optimisation, hashed names, precompressed copies.
//!
//! `bundle <folder with desk.wasm, my.wasm, work.wasm> <style.css> <public folder> <site folder> [fast]`. Does nothing
//! when its inputs did not change. `fast` neither optimises nor compresses: for the page somebody is just writing.

use anyhow::{Context, Result, anyhow, bail};
use sha2::{Digest, Sha256};
use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    thread,
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
/// One WASM each, so that a resident never downloads the desk.
const FACES: [&str; 3] = ["desk", "my", "work"];
/// Below this size a compressed copy saves nothing.
const WORTH_COMPRESSING: usize = 512;

fn main() -> Result<()> {
    let args: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let (folder, css, public, site, fast) = match args.as_slice() {
        [folder, css, public, site] => (folder, css, public, site, false),
        [folder, css, public, site, word] if word.as_os_str() == "fast" => (folder, css, public, site, true),
        _ => bail!("usage: bundle <wasm folder> <css> <public> <site> [fast]"),
    };
    let wasm = FACES.map(|face| folder.join(face).with_extension("wasm"));
    let stamp = stamp(&[&wasm[0], &wasm[1], &wasm[2], css, public])?;
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
    let pkg = fresh.join("pkg");
    let style = put_hashed(css, &pkg, "app", "css")?;
    // Each face takes one core for half a minute.
    let made: Result<Vec<String>> = thread::scope(|scope| {
        let work = wasm.each_ref().map(|wasm| scope.spawn(|| face(wasm, &pkg, fast)));
        work.into_iter().map(|thread| thread.join().map_err(|_| anyhow!("a face could not be made"))?).collect()
    });
    let manifest = format!("{{\n  \"css\": \"{style}\",\n{}\n}}\n", made?.join(",\n"));
    fs::write(pkg.join("manifest.json"), manifest)?;
    if !fast {
        compress_tree(&fresh)?;
    }
    fs::write(fresh.join(".stamp"), stamp)?;
    if site.exists() {
        fs::remove_dir_all(site)?;
    }
    fs::rename(&fresh, site)?;
    Ok(())
}

/// Writes the hashed script and WASM of one face into `out`; returns its line of the manifest.
fn face(wasm: &Path, out: &Path, fast: bool) -> Result<String> {
    let name = wasm.file_stem().and_then(|stem| stem.to_str()).context("the WASM has no name")?;
    let tmp = out.join(format!("tmp-{name}"));
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    bindgen.input_path(wasm).out_name(name).typescript(false).remove_producers_section(true).remove_name_section(!fast);
    bindgen.web(true)?.generate(&tmp)?;
    let bound = tmp.join(format!("{name}_bg.wasm"));
    if !fast {
        shrink(&bound)?;
    }
    let script = put_hashed(&tmp.join(format!("{name}.js")), out, name, "js")?;
    let module = put_hashed(&bound, out, name, "wasm")?;
    fs::remove_dir_all(tmp)?;
    Ok(format!("  \"{name}\": {{ \"js\": \"{script}\", \"wasm\": \"{module}\" }}"))
}

fn shrink(wasm: &Path) -> Result<()> {
    let status = Command::new("wasm-opt").args(WASM_OPT).arg(wasm).arg("-o").arg(wasm).status();
    match status.context("wasm-opt is missing: run scripts/setup.sh")? {
        status if status.success() => Ok(()),
        status => bail!("wasm-opt failed: {status}"),
    }
}

/// Copies a file under a name that carries its content's hash; returns the name.
fn put_hashed(from: &Path, out: &Path, stem: &str, ext: &str) -> Result<String> {
    let bytes = fs::read(from).with_context(|| format!("{} is missing", from.display()))?;
    let name = format!("{stem}.{}.{ext}", &hex(&Sha256::digest(&bytes))[..12]);
    fs::write(out.join(&name), bytes)?;
    Ok(name)
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
