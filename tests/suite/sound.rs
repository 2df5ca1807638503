//! What holds in a repository whatever happened in it.

use std::path::{Path, PathBuf};

use crate::sandbox::Sandbox;

/// Whole and free: every object that a ref needs is there and well-formed, nothing is locked, and
/// each hook program is complete.
#[track_caller]
pub fn check(sandbox: &Sandbox) {
    let fsck = sandbox.git(&["fsck", "--strict", "--no-dangling", "--no-progress"]);
    assert_eq!((fsck.code, fsck.err.as_str()), (0, ""), "fsck: {}", fsck.out);
    hooks(sandbox);
    assert_eq!(locks(&sandbox.root.join(".git")), Vec::<PathBuf>::new(), "a lock is left");
}

/// An empty hook would pass everything without a word.
#[track_caller]
pub fn hooks(sandbox: &Sandbox) {
    let program = Path::new(env!("CARGO_BIN_EXE_git-orchestrate")).with_file_name("git-orchestrate-hook");
    let whole = std::fs::metadata(program).expect("the hook program").len();
    let Ok(names) = std::fs::read_dir(sandbox.root.join(".git/orchestrate/hooks")) else { return };
    for path in names.map(|name| name.expect("a name").path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name == "git-orchestrate-hook" {
            assert_eq!(path.metadata().expect("a program").len(), whole, "{} is whole", path.display());
        } else if !name.starts_with(".new-") && !name.ends_with(".new") {
            let line = format!("#!{}\n", path.with_file_name("git-orchestrate-hook").display());
            let text = std::fs::read_to_string(&path).expect("a hook");
            assert!(text.starts_with(&line) && text.ends_with('\n'), "{} is whole", path.display());
        }
    }
}

/// The lock files below a git directory, but for ours: the kernel's, which lie in one place, and those
/// of refs that only we write, which the next writer removes.
pub fn locks(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && !path.is_symlink() {
            if !["refs/orchestrate", "refs/notes/orchestrate"].iter().any(|ours| path.ends_with(ours)) {
                found.extend(locks(&path));
            }
        } else if path.extension().is_some_and(|extension| extension == "lock")
            && path.parent().is_none_or(|parent| !parent.ends_with(".git/orchestrate"))
        {
            found.push(path);
        }
    }
    found
}
