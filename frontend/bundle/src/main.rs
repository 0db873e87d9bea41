//! Turns the compiled WASM into the served site: bindings, size optimisation, hashed names, precompressed copies.
//!
//! `bundle <folder with the WASM of each face> <style.css> <public folder> <site folder> [fast]`. Does nothing
//! when its inputs did not change. `fast` neither optimises nor compresses: for the page somebody is just writing.

use anyhow::{Context, Result, anyhow, bail};
use sha2::{Digest, Sha256};
use std::{
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

/// What rustc has left: code that nothing calls any more, functions that are equal, locals in an order that compresses.
/// Over the wire as small as `-Oz`, which takes six times as long. Then the features that current rustc emits: wasm-opt
/// refuses them unless told.
const WASM_OPT: [&str; 14] = [
    "--remove-unused-module-elements",
    "--duplicate-function-elimination",
    "--reorder-locals",
    "--vacuum",
    "--remove-unused-module-elements",
    "--duplicate-function-elimination",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-multivalue",
    "--strip-producers",
    "--strip-debug",
];
/// Instructions; below this, functions that have nothing in common may be equal.
const WORTH_EMPTYING: u64 = 30;
/// Below this size a compressed copy saves nothing.
const WORTH_COMPRESSING: usize = 512;

fn main() -> Result<()> {
    let args: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let (folder, css, public, site, fast) = match args.as_slice() {
        [folder, css, public, site] => (folder, css, public, site, false),
        [folder, css, public, site, word] if word.as_os_str() == "fast" => (folder, css, public, site, true),
        _ => bail!("usage: bundle <wasm folder> <css> <public> <site> [fast]"),
    };
    let faces: Vec<PathBuf> = files(folder)?.into_iter().filter(|file| is_face(folder, file)).collect();
    let inputs: Vec<&PathBuf> = faces.iter().chain([css, public]).collect();
    let stamp = stamp(&inputs)?;
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
    let lines = in_parallel(&faces, |wasm| face(wasm, &pkg, fast))?;
    let manifest = format!("{{\n  \"css\": \"{style}\",\n  \"faces\": {{\n{}\n  }}\n}}\n", lines.join(",\n"));
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

/// The WASM that cargo put next to its folders, one for each binary of `frontend`.
fn is_face(folder: &Path, file: &Path) -> bool {
    file.parent() == Some(folder) && file.extension().is_some_and(|ext| ext == "wasm")
}

/// One item for each core at a time; results in the items' order.
fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> Result<R> + Sync) -> Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let mut done: Vec<(usize, R)> = thread::scope(|scope| {
        let worker = || {
            let mut made = Vec::new();
            while let Some((index, item)) =
                Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|i| Some((i, items.get(i)?)))
            {
                made.push((index, work(item)?));
            }
            Ok(made)
        };
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(worker)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().map_err(|_| anyhow!("a worker of the bundle died"))?)
            .collect::<Result<Vec<Vec<_>>>>()
    })?
    .into_iter()
    .flatten()
    .collect();
    done.sort_by_key(|(index, _)| *index);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

/// Writes the hashed script and WASM of one face into `out`; returns its line of the manifest.
fn face(wasm: &Path, out: &Path, fast: bool) -> Result<String> {
    let name = wasm.file_stem().and_then(|stem| stem.to_str()).context("the WASM has no name")?;
    let tmp = out.join(format!("tmp-{name}"));
    let mut module = walrus::Module::from_file(wasm).with_context(|| format!("{} is no WASM", wasm.display()))?;
    drop_lazy_hydration(&mut module)?;
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    bindgen
        .input_module(name, module)
        .out_name(name)
        .typescript(false)
        .remove_producers_section(true)
        .remove_name_section(!fast);
    bindgen.web(true)?.generate(&tmp)?;
    let bound = tmp.join(format!("{name}_bg.wasm"));
    let script = tmp.join(format!("{name}.js"));
    if !fast {
        short_imports(&bound, &script)?;
        shrink(&bound)?;
    }
    let script = put_hashed(&script, out, name, "js")?;
    let module = put_hashed(&bound, out, name, "wasm")?;
    fs::remove_dir_all(tmp)?;
    Ok(format!("    \"{name}\": {{ \"js\": \"{script}\", \"wasm\": \"{module}\" }}"))
}

/// Leptos 0.8 keeps a second, asynchronous way to hydrate beside every erased view (leptos-rs/leptos#4852): a tenth of
/// the WASM. Only `leptos::mount::hydrate_lazy` enters it, which we never call, so its bodies are emptied here and
/// wasm-opt removes what only they used.
fn drop_lazy_hydration(module: &mut walrus::Module) -> Result<()> {
    let unused: Vec<_> = module
        .funcs
        .iter_local()
        .filter(|(id, function)| {
            let name = module.funcs.get(*id).name.as_deref().unwrap_or_default();
            is_lazy_hydration(name) && function.size() >= WORTH_EMPTYING
        })
        .map(|(id, function)| (id, function.ty()))
        .collect();
    if unused.is_empty() {
        bail!("no lazy hydration found: Leptos changed, look at drop_lazy_hydration");
    }
    for (id, ty) in unused {
        let (params, results) = module.types.params_results(ty);
        let (params, results) = (params.to_vec(), results.to_vec());
        let args = params.iter().map(|ty| module.locals.add(*ty)).collect();
        let mut body = walrus::FunctionBuilder::new(&mut module.types, &params, &results);
        body.func_body().unreachable();
        module.funcs.get_mut(id).kind = walrus::FunctionKind::Local(body.local_func(args));
    }
    Ok(())
}

/// The function that makes the future, and the future's own `poll`. What is nested deeper, and anything small, stays:
/// the compiler merges equal functions, and such a name may stand for one that is needed.
fn is_lazy_hydration(mangled: &str) -> bool {
    let path = mangled.strip_suffix('E').and_then(|m| m.len().checked_sub(19).and_then(|end| m.get(..end)));
    path.is_some_and(|p| p.ends_with("13hydrate_async") || p.ends_with("13hydrate_async28_$u7b$$u7b$closure$u7d$$u7d$"))
}

/// wasm-bindgen names each import with a hash, and hashes do not compress: six kilobytes over the wire, half of them in the
/// script. Both sides get the same short names.
fn short_imports(wasm: &Path, script: &Path) -> Result<()> {
    let mut module = walrus::Module::from_file(wasm)?;
    let mut text = fs::read_to_string(script)?;
    for (index, import) in module.imports.iter_mut().enumerate() {
        let (long, short) = (format!("{}: function(", import.name), format!("i{index}: function("));
        if text.matches(&long).count() != 1 {
            bail!("the script does not define {} once: wasm-bindgen changed, look at short_imports", import.name);
        }
        text = text.replacen(&long, &short, 1);
        import.name = format!("i{index}");
    }
    module.emit_wasm_file(wasm)?;
    Ok(fs::write(script, text)?)
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
    in_parallel(&files(site)?, |file| compress(file)).map(|_| ())
}

fn compress(file: &Path) -> Result<()> {
    let ext = file.extension().and_then(|e| e.to_str()).unwrap_or_default();
    let bytes = fs::read(file)?;
    if bytes.len() < WORTH_COMPRESSING
        || !["js", "wasm", "css", "svg", "html", "json", "webmanifest", "txt"].contains(&ext)
    {
        return Ok(());
    }
    let mut br = Vec::new();
    let params =
        brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: bytes.len(), ..Default::default() };
    brotli::BrotliCompress(&mut bytes.as_slice(), &mut br, &params)?;
    fs::write(with_suffix(file, "br"), br)?;
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gz.write_all(&bytes)?;
    fs::write(with_suffix(file, "gz"), gz.finish()?)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_way_itself_is_lazy_hydration() {
        let way = "_ZN55_$LT$T$u20$as$u20$tachys..view..any_view..IntoAny$GT$8into_any13hydrate_async";
        let poll = format!("{way}28_$u7b$$u7b$closure$u7d$$u7d$");
        assert!(is_lazy_hydration(&format!("{way}17h6dc3bc79eab51f62E")));
        assert!(is_lazy_hydration(&format!("{poll}17h6dc3bc79eab51f62E")));
        assert!(!is_lazy_hydration(&format!("{poll}4prep17h6dc3bc79eab51f62E")));
        assert!(!is_lazy_hydration("_ZN6tachys13hydrate_async4drop17h6dc3bc79eab51f62E"));
        assert!(!is_lazy_hydration("17hE"));
    }
}
