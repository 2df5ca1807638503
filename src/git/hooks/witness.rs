//! What the files of our hooks looked like when all was well with them.
//!
//! Every hook asks whether another one was replaced, and to compare what they hold takes a hundred
//! system calls. Whoever has compared them and found nothing keeps what the system says of each file:
//! which one it is, how long it is, its mode, and when it was last touched in any way. While nothing
//! of that is different, neither is what it holds: no program can set the time of the last change.
//! What was changed within the same tick as it was looked at is the one doubt, so a witness that is not
//! younger than all that it has seen does not count, which is git's own rule for its index.
//!
//! The file may be deleted at any time; it saves work and answers nothing.

use std::path::{Path, PathBuf};

use super::manifest::{self, Manifest};
use super::program;

/// The last line of what is kept.
const END: &str = "end\n";

/// What the system said of the files, taken before they were read.
pub(super) struct Witness {
    text: String,
}

impl Witness {
    /// Looks at the files that this manifest names, and at itself; `None` where the system does not
    /// say enough, or one is missing.
    pub fn look(common_dir: &Path, manifest: &Manifest) -> Option<Witness> {
        let directory = directory(common_dir);
        let hooks = manifest.events.iter().map(String::as_str).chain([program::PROGRAM]);
        let names = hooks.map(|name| format!("hooks/{name}")).chain([manifest::FILE.to_owned()]);
        let lines = names.map(|name| Some(format!("{} {name}\n", stamp(&directory.join(&name))?.text)));
        Some(Witness { text: lines.collect::<Option<String>>()? })
    }

    /// Keeps it, if it can: a place that cannot be written to costs time and nothing else. Half of it,
    /// or two that were mixed, does not end as it must.
    pub fn keep(&self, common_dir: &Path) {
        let _ = fs_err::write(path(common_dir), format!("{}{END}", self.text));
    }

    /// Whether every file that was looked at is as it was then.
    pub fn still_holds(common_dir: &Path) -> bool {
        let (directory, path) = (directory(common_dir), path(common_dir));
        let Ok(text) = fs_err::read_to_string(&path) else { return false };
        let Some(own) = stamp(&path) else { return false };
        let Some(text) = text.strip_suffix(END) else { return false };
        let is_same = |line: &str| {
            let Some((seen, name)) = line.split_once(' ') else { return false };
            stamp(&directory.join(name)).is_some_and(|now| now.text == seen && now.changed < own.changed)
        };
        !text.is_empty() && text.lines().all(is_same)
    }

    /// Removes what was kept.
    pub fn delete(common_dir: &Path) {
        let _ = fs_err::remove_file(path(common_dir));
    }
}

/// All that tells one state of a file from another.
struct Stamp {
    text: String,
    /// Seconds and nanoseconds.
    changed: (i64, i64),
}

#[cfg(unix)]
fn stamp(path: &Path) -> Option<Stamp> {
    use std::os::unix::fs::MetadataExt as _;
    let data = fs_err::symlink_metadata(path).ok()?;
    let changed = (data.ctime(), data.ctime_nsec());
    let (modified, nanoseconds) = (data.mtime(), data.mtime_nsec());
    let (device, inode, mode, size) = (data.dev(), data.ino(), data.mode(), data.size());
    let text =
        format!("{device}:{inode}:{mode:o}:{size}:{modified}.{nanoseconds}:{}.{}", changed.0, changed.1);
    Some(Stamp { text, changed })
}

/// Elsewhere the time of the last change can be set, so nothing is proven by it.
#[cfg(not(unix))]
fn stamp(_path: &Path) -> Option<Stamp> {
    None
}

/// Where all that was looked at lies, and the witness as well.
fn directory(common_dir: &Path) -> PathBuf {
    common_dir.join("orchestrate")
}

fn path(common_dir: &Path) -> PathBuf {
    directory(common_dir).join("hooks.seen")
}
