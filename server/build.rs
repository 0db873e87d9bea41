//! How the binary is linked.

use std::{env, process::Command};

/// The pages hold a million pointers, which the loader sets at each start. Their list takes 24 bytes for each and stays in
/// memory; packed it is a hundredth of that. Where binutils cannot (before 2.38), the product runs with the long list.
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // Developers link with lld, which is faster and, in Debian 12, does not tell the loader what it needs for this.
    if env::var("PROFILE").is_ok_and(|profile| profile == "release") && binutils_packs() {
        println!("cargo:rustc-link-arg-bins=-fuse-ld=bfd");
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

fn binutils_packs() -> bool {
    let help = Command::new("ld.bfd").arg("--help").output();
    help.is_ok_and(|help| String::from_utf8_lossy(&help.stdout).contains("pack-relative-relocs"))
}
