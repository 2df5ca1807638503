//! Whether a hook of ours that has nothing to say may end at once.
//!
//! To open a repository costs more than all else that such a hook does, and it is opened for one question:
//! which hook would run here if ours were not there. Where no configuration that git reads speaks of
//! `core.hooksPath`, and none reads further files, that is the one below the git directory. All that is
//! said here is "surely none"; whatever is not as plain as that is for [`previous`].

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;
use gix::config::Source;

use super::previous::{self, Access};
use super::witness::Witness;

/// Whether in the worktree with this git directory, one of ours, there is surely nothing to run for `event`
/// before ours, and no hook of ours has been touched.
pub fn is_all_well(git_dir: &Path, event: &str) -> bool {
    let Some(common_dir) = common_dir(git_dir) else { return false };
    let orchestrate = common_dir.join("orchestrate");
    is_plain(git_dir, &common_dir, &orchestrate.join("hooks"))
        && matches!(previous::access(&common_dir.join("hooks").join(event)), Access::Absent)
        && !orchestrate.join("adopted").join(event).exists()
        && Witness::still_holds(&common_dir)
}

fn common_dir(git_dir: &Path) -> Option<PathBuf> {
    if std::env::var_os("GIT_COMMON_DIR").is_some() {
        return None;
    }
    let text = fs_err::read(git_dir.join("commondir")).ok()?;
    fs_err::canonicalize(git_dir.join(text.trim_end().to_path().ok()?)).ok()
}

/// Whether the hooks come from `ours` by the worktree's own word, and no other file that git reads has one
/// about it.
fn is_plain(git_dir: &Path, common_dir: &Path, ours: &Path) -> bool {
    let everybodys = [Source::System, Source::Git, Source::User];
    let path_of = |source: Source| source.storage_location(&mut |name| std::env::var_os(name));
    let shared = everybodys.into_iter().filter_map(path_of).chain([common_dir.join("config")]);
    selects(git_dir, ours) && shared.into_iter().all(|path| is_silent(&path))
}

fn selects(git_dir: &Path, ours: &Path) -> bool {
    let Ok(own) = fs_err::read(git_dir.join("config.worktree")) else { return false };
    let mut lines = own.lines().filter(|line| speaks(line));
    let is_ours = |line: &[u8]| {
        let value = line.trim().strip_prefix(b"hooksPath = ");
        value.and_then(|value| value.to_os_str().ok()).map(OsStr::new) == Some(ours.as_os_str())
    };
    lines.next().is_some_and(is_ours) && lines.next().is_none()
}

fn is_silent(path: &Path) -> bool {
    match fs_err::read(path) {
        Ok(text) => !speaks(&text),
        Err(error) => error.kind() == ErrorKind::NotFound,
    }
}

/// Whether a configuration may say where hooks are, or where there is more of it.
fn speaks(text: &[u8]) -> bool {
    let text = text.to_ascii_lowercase();
    text.contains_str("hookspath") || text.contains_str("include")
}
