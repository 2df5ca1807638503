//! Links the programs at a fixed address where the usual Linux linkers can.
//!
//! A hook starts four times a commit, and half of what it costs is its start: 17,000 addresses that a
//! program which may lie anywhere has to correct, and the pages that they lie in. Measured on x86-64,
//! `pre-commit` in 200 files, median of 40: 2.05 ms and 325 page faults before, 1.80 ms and 224 after.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = |what: &str| std::env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
